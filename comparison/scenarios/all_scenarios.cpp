#include "all_scenarios.hpp"

namespace comparison {

// A scenario is defined in the file of its name. To add one, declare it here and put it into the
// list.
scenario echo_scenario();
scenario idle_scenario();
scenario slow_client_scenario();
scenario stream_scenario();
scenario copy_scenario();
scenario calls_scenario();

const std::vector<scenario>& all_scenarios() {
    static const std::vector<scenario> all{echo_scenario(),        idle_scenario(),
                                           slow_client_scenario(), stream_scenario(),
                                           copy_scenario(),        calls_scenario()};
    return all;
}

} // namespace comparison
