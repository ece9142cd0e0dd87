/// \file
/// A client of the learner's program, for a protocol of lines.
#pragma once

#include "server_program.hpp"

#include "win32/unique_resource.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace exercise {

/// A client that has a name in the words of a failure. What it expects is a step of the test
/// (check.hpp); a failure also says so if the program has ended:
/// \code
/// visitor ann{program, "Ann"};
/// ann.says("JOIN red ann");
/// ann.hears("OK"); // Expected: Ann gets the line "OK".
/// \endcode
/// The calls block. A step's limit ends a wait for ever.
///
/// Threads: one at a time.
class visitor {
public:
    /// Connects. The system keeps about `receive_buffer` bytes that the visitor has not read; 0
    /// leaves that to it. Lifetime: `program` outlives the visitor.
    visitor(server_program& program, std::string name, int receive_buffer = 0);

    /// Takes a connection that the program has opened. Lifetime: as above.
    visitor(server_program& program, std::string name, win32::unique_socket accepted);

    /// Sends `line` and its end.
    void says(std::string_view line) { sends(std::string{line} + '\n'); }

    /// Sends all of `bytes`.
    void sends(std::string_view bytes);

    /// Says that no more bytes will be sent. Receiving goes on.
    void ends();

    /// Is gone: closes with a reset.
    void vanishes();

    /// Receives the next line, which must be `line`.
    void hears(std::string_view line);

    /// Receives the end, with nothing before it.
    void hears_the_end();

    /// Receives and drops all up to the end, or a reset.
    void is_disconnected();

    /// Receives the next line, without its end. The caller has begun a step.
    [[nodiscard]] std::string next_line();

    /// Receives the next `count` bytes. The caller has begun a step.
    [[nodiscard]] std::string next_bytes(std::size_t count);

    /// Receives all up to the end. The caller has begun a step.
    [[nodiscard]] std::string rest();

    /// Returns its name.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Returns the socket.
    [[nodiscard]] SOCKET native() const noexcept { return socket_.get(); }

private:
    [[nodiscard]] std::size_t receive();

    server_program& program_;
    const std::string name_;
    win32::unique_socket socket_;
    std::string unread_;
};

} // namespace exercise
