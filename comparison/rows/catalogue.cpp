#include "catalogue.hpp"

#include <algorithm>
#include <stdexcept>

namespace comparison {

namespace {

template <class Thing>
const Thing& find(const std::vector<Thing>& things, std::string_view name) {
    const auto found = std::find_if(things.begin(), things.end(),
                                    [&](const Thing& thing) { return thing.name == name; });
    if (found == things.end())
        throw std::out_of_range("no such name: " + std::string{name});
    return *found;
}

// Figures that more than one scenario has.
const figure requests{.name = "requests_per_second",
                      .title = "requests/s",
                      .unit = "1/s",
                      .is = better::higher,
                      .ranked = true,
                      .column = "requests/s"};
const figure p50{.name = "p50_ms", .title = "p50", .unit = "ms", .is = better::lower};
const figure p99{.name = "p99_ms",
                 .title = "p99",
                 .unit = "ms",
                 .is = better::lower,
                 .ranked = true,
                 .column = "p99 ms"};
const figure threads{.name = "threads",
                     .title = "threads",
                     .unit = "",
                     .is = better::lower,
                     .carries_over = true,
                     .ranked = true,
                     .counted = true,
                     .column = "threads"};
const figure memory{
    .name = "memory_mib", .title = "memory", .unit = "MiB", .is = better::lower, .column = "MiB"};

// What the other figures rest on.
const figure replies{
    .name = "replies", .title = "replies counted", .unit = "", .is = better::higher};
const figure load_busy{
    .name = "load_busy", .title = "the load's thread at work", .unit = "", .is = better::lower};

figure unranked(figure f) {
    f.ranked = false;
    return f;
}

scenario echo() {
    return {
        .name = "echo",
        .question = "What does an echo cost, and how does the cost grow with the connections?",
        .method = "Each connection has one 64-byte message under way and sends the next when the "
                  "whole reply has come (a closed loop: when the server stalls, the load stalls "
                  "with it). Measuring begins when every connection has been served twice; every "
                  "reply is compared with its message.",
        .see = "Look at threads and memory from the fewest connections to the most: there the "
               "models part. Fairness is the slowest connection's share of the mean: 1 means that "
               "all are served alike.",
        .by = "connections",
        .figures = {requests,
                    p50,
                    p99,
                    {.name = "fairness",
                     .title = "fairness",
                     .unit = "",
                     .is = better::higher,
                     .column = "fairness"},
                    {.name = "cpu_us_per_request",
                     .title = "processor time a request",
                     .unit = "us",
                     .is = better::lower,
                     .column = "CPU us"},
                    {.name = "context_switches_per_request",
                     .title = "context switches a request",
                     .unit = "",
                     .is = better::lower,
                     .column = "switches"},
                    threads,
                    memory,
                    {.name = "idle_memory_mib",
                     .title = "memory before the first connection",
                     .unit = "MiB",
                     .is = better::lower},
                    replies,
                    load_busy},
    };
}

scenario idle() {
    return {
        .name = "idle",
        .question = "What do clients cost that say nothing?",
        .method = "Ten clients work as in echo, among others that have been served once and are "
                  "silent from then on. The memory of a silent client is what the server's "
                  "resident memory has grown by, divided by their number.",
        .see =
            "Look at where a model stops, and at what a silent client costs in threads and in "
            "memory. The working clients should not feel the silent ones. (Under Wine about 1 MiB "
            "of a thread's stack is resident from its start; Windows brings in what the thread "
            "uses.)",
        .by = "silent",
        .figures = {p99,
                    p50,
                    unranked(requests),
                    threads,
                    {.name = "memory_per_silent_kib",
                     .title = "memory a silent client",
                     .unit = "KiB",
                     .is = better::lower,
                     .carries_over = true,
                     .ranked = true,
                     .column = "KiB/silent"},
                    memory,
                    {.name = "silent_per_second",
                     .title = "silent clients connected and served",
                     .unit = "1/s",
                     .is = better::higher},
                    {.name = "silent",
                     .title = "silent clients",
                     .unit = "",
                     .is = better::higher,
                     .carries_over = true,
                     .counted = true},
                    replies,
                    load_busy},
    };
}

scenario slow_client() {
    return {
        .name = "slow_client",
        .question = "Who else waits for a client that does not read?",
        .method = "Twenty ordinary clients work as in echo, first alone; then also with one that "
                  "sends and never reads, and one that sends a byte a second.",
        .see = "Compare the two latencies of each model. In a server that waits for one client in "
               "the thread that serves all, the others would get nothing.",
        .by = "",
        .figures = {p99,
                    {.name = "p99_alone_ms",
                     .title = "p99 alone",
                     .unit = "ms",
                     .is = better::lower,
                     .column = "p99 alone"},
                    p50,
                    unranked(requests),
                    {.name = "requests_per_second_alone",
                     .title = "requests/s alone",
                     .unit = "1/s",
                     .is = better::higher},
                    unranked(threads),
                    memory,
                    {.name = "unread_mib",
                     .title = "taken of what is never read",
                     .unit = "MiB",
                     .is = better::lower},
                    replies,
                    load_busy},
    };
}

scenario stream() {
    return {
        .name = "stream",
        .question = "How fast does a large message come back?",
        .method = "Eight connections, each with one message of 1 MiB under way. The figure counts "
                  "each byte once, on its way back.",
        .see = "A large message takes many calls, since a server reads a part and writes it back. "
               "What differs is how much a call moves, and whether reading goes on while a write "
               "is under way.",
        .by = "",
        .figures = {{.name = "megabytes_per_second",
                     .title = "MB/s",
                     .unit = "MB/s",
                     .is = better::higher,
                     .ranked = true,
                     .column = "MB/s"},
                    {.name = "cpu_us_per_mib",
                     .title = "processor time a MiB",
                     .unit = "us",
                     .is = better::lower,
                     .column = "CPU us/MiB"},
                    unranked(threads),
                    memory,
                    replies,
                    load_busy},
    };
}

scenario copy() {
    return {
        .name = "copy",
        .question = "How fast is a file copied, and is the thread free meanwhile?",
        .method = "Each program copies the same file, which is in the cache; no copy is flushed to "
                  "the disk. In a round the quickest counts, if there is more than one. The start "
                  "of the program is in; the copy of an empty file shows what it takes. The free "
                  "share comes from a recording: the time that the copying thread spends outside "
                  "the calls that move bytes.",
        .see = "The free share is what overlapped I/O is for: a thread in ReadFile can do nothing "
               "else, and one that waits for a completion could. Under Wine the file is read and "
               "written inside the call, so what is left there is the program's own work and its "
               "asking for completions.",
        .by = "",
        .figures = {{.name = "megabytes_per_second",
                     .title = "MB/s",
                     .unit = "MB/s",
                     .is = better::higher,
                     .ranked = true,
                     .column = "MB/s"},
                    {.name = "net_megabytes_per_second",
                     .title = "MB/s less the start",
                     .unit = "MB/s",
                     .is = better::higher,
                     .column = "less start"},
                    {.name = "start_ms",
                     .title = "start",
                     .unit = "ms",
                     .is = better::lower,
                     .column = "start ms"},
                    {.name = "free_share",
                     .title = "free share",
                     .unit = "",
                     .is = better::higher,
                     .column = "free share"}},
    };
}

scenario calls() {
    return {
        .name = "calls",
        .question = "How many calls does an echo take?",
        .method = "The server records its own calls (--trace) while it serves some thousands of "
                  "echoes. The calls of its start and end are in, spread over all echoes.",
        .see = "An I/O call moves bytes or starts to, and their number carries over to Windows. A "
               "wait asks what is ready or done. With one client waits carry over, too; with many, "
               "one wait may bring several completions, and how many depends on the machine. A "
               "blocking recv waits as well, and is counted as an I/O call.",
        .by = "connections",
        .figures = {{.name = "io_calls_per_echo",
                     .title = "I/O calls an echo",
                     .unit = "",
                     .is = better::lower,
                     .carries_over = true,
                     .ranked = true,
                     .counted = true,
                     .column = "I/O calls"},
                    {.name = "waits_per_echo",
                     .title = "waits an echo",
                     .unit = "",
                     .is = better::lower,
                     .column = "waits"}},
    };
}

} // namespace

const std::vector<scenario>& all_scenarios() {
    static const std::vector<scenario> all{echo(),   idle(), slow_client(),
                                           stream(), copy(), calls()};
    return all;
}

const std::vector<model>& all_models() {
    static const std::vector<model> all{
        {.name = "01_blocking",
         .title = "blocking, a thread for each client",
         .echo_program = "01_blocking_echo",
         .copy_program = "01_blocking_copy",
         .recorded = true},
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
         .recorded = true},
        {.name = "05_iocp_server",
         .title = "completion port, the full server",
         .echo_program = "05_iocp_server"},
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

const scenario& scenario_of(std::string_view name) {
    return find(all_scenarios(), name);
}

const model& model_of(std::string_view name) {
    return find(all_models(), name);
}

} // namespace comparison
