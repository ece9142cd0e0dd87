/// \file
/// Makes accepts fail, from outside the server's code.
#pragma once

#include "trace/hooks/import_table.hpp"

#include <cstdint>
#include <optional>

namespace harness {

/// The reason why an accept fails.
enum class accept_failure {
    of_the_client, ///< the client has reset its connection before its turn
    for_shortage,  ///< there are no more sockets
};

/// While one lives, accept and AcceptEx of this program fail: accept at once, AcceptEx in its
/// completion, as on Windows, be it an event, a packet or a callback of a thread pool. No client is
/// lost by that; it waits in the backlog. Accepts that were waiting already are not touched.
///
/// It changes the program's import table (trace/hooks/import_table.hpp).
///
/// Threads: one such object at a time. Lifetime: made before the server that is to see it.
class failing_accepts {
public:
    /// Each of the next `count` accepts fails because of `why`.
    explicit failing_accepts(accept_failure why, unsigned count = UINT32_MAX);
    ~failing_accepts();
    failing_accepts(const failing_accepts&) = delete;
    failing_accepts& operator=(const failing_accepts&) = delete;

    /// Lets all accepts succeed from now on.
    void end() noexcept;

    /// The number of accepts that have failed.
    [[nodiscard]] unsigned happened() const noexcept;

private:
    std::optional<trace::import_patch> patch_;
};

} // namespace harness
