#include "process_figures.hpp"

#include <algorithm>
#include <iterator>

namespace comparison {

std::optional<process_work> difference(const process_work& before, const process_work& after) {
    if (!std::ranges::includes(after.threads, before.threads))
        return std::nullopt;
    process_work result;
    std::ranges::set_difference(after.threads, before.threads,
                                std::inserter(result.threads, result.threads.end()));
    result.processor_time = after.processor_time - before.processor_time;
    result.context_switches = after.context_switches - before.context_switches;
    return result;
}

} // namespace comparison
