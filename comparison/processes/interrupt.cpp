#include "interrupt.hpp"

#include "program/ctrl_c.hpp"

namespace comparison {

stop_token stop_on_ctrl_c() {
    const stop_source source;
    program::hear_ctrl_c();
    program::handle_ctrl_c([source] { source.request_stop(); },
                           program::second_ctrl_c::ends_the_process);
    return source.get_token();
}

} // namespace comparison
