#include "models.hpp"

namespace comparison {

const std::vector<model>& all_models() {
    static const std::vector<model> all{
        {.name = "01_blocking",
         .title = "blocking, a thread for each client",
         .echo_program = "01_blocking_echo",
         .copy_program = "01_blocking_copy",
         .recorded = true,
         .limit_option = L"--max-threads"},
        {.name = "02_nonblocking",
         .title = "non-blocking, one thread that asks every socket",
         .echo_program = "02_nonblocking_echo", // a file has no non-blocking mode
         .recorded = true},
        {.name = "03_overlapped_event",
         .title = "overlapped, events, a thread for 63 clients",
         .echo_program = "03_overlapped_event_echo",
         .copy_program = "03_overlapped_event_copy",
         .recorded = true},
        {.name = "04_overlapped_callback",
         .title = "overlapped, completion routines, one thread",
         .echo_program = "04_overlapped_callback_echo",
         .copy_program = "04_overlapped_callback_copy",
         .recorded = true},
        {.name = "05_iocp",
         .title = "completion port, a pool of threads",
         .echo_program = "05_iocp_echo",
         .copy_program = "05_iocp_copy",
         .recorded = true,
         // The default depends on the machine. Two threads are fewer than the recorded clients.
         .record_arguments = {L"--threads", L"2"}},
        {.name = "05_iocp_threadpool",
         .title = "Windows' own thread pool",
         .echo_program = "05_iocp_threadpool_echo",
         .recorded = true,
         .record_arguments = {L"--threads", L"2"}}, // as above
        {.name = "05_iocp_coroutine",
         .title = "completion port, coroutines",
         .echo_program = "05_iocp_coroutine_echo",
         .copy_program = "05_iocp_coroutine_copy",
         .recorded = true,
         .record_arguments = {L"--threads", L"2"}}, // as above
        {.name = "05_iocp_server",
         .title = "completion port, the full server",
         .echo_program = "05_iocp_server",
         .recorded = true,
         .record_arguments = {L"--threads", L"2"}, // as above
         .busy_recording = "05_iocp_server_pool"},
        {.name = "asio",
         .title = "standalone Asio, as a peer",
         .echo_program = "peer_asio_echo",
         .peer = true,
         .takes_threads = true},
        {.name = "copyfileex",
         .title = "CopyFileExW, as a peer",
         .copy_program = "peer_copyfileex_copy",
         .peer = true}};
    return all;
}

} // namespace comparison
