#include "chrome_trace.hpp"

#include "operations.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trace {

namespace {

const char* const outcome_names[] = {"ok", "pending", "failed", "timeout"};

// Text that goes out in pieces. The library only escapes names: a million events would take it
// seconds.
class text {
public:
    explicit text(const std::function<void(std::string_view)>& write) : write_{write} {
        buffer_.reserve(2 * piece);
    }

    text& operator<<(std::string_view part) {
        buffer_ += part;
        if (buffer_.size() >= piece)
            flush();
        return *this;
    }
    text& operator<<(std::uint64_t number) { return append(number, 10); }
    text& hex(std::uint64_t number) {
        *this << "\"0x";
        return append(number, 16) << "\"";
    }
    text& quoted(std::string_view string) {
        return *this << nlohmann::json(string).dump(-1, ' ', false,
                                                    nlohmann::json::error_handler_t::replace);
    }

    void flush() {
        write_(buffer_);
        buffer_.clear();
    }

private:
    static constexpr std::size_t piece = 64 * 1024;

    text& append(std::uint64_t number, int base) {
        char digits[24];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, base);
        return *this << std::string_view{digits, static_cast<std::size_t>(end - digits)};
    }

    const std::function<void(std::string_view)>& write_;
    std::string buffer_;
};

// One line of the file: a call or routine, or one end of an operation.
struct line {
    std::uint64_t time;  // ticks
    std::uint64_t until; // ticks
    enum { issue, span, completion } kind;
    const event* what;
    const operation* of;
};

class chrome_writer {
public:
    chrome_writer(const recording& what, const std::function<void(std::string_view)>& write);
    void write(std::string_view program);

private:
    using call_key = std::pair<std::uint32_t, std::uint32_t>; // thread, number

    void index();
    [[nodiscard]] std::vector<line> lines() const;
    void write_threads(std::string_view program);
    void write_span(const event& what);
    void write_call_args(const event& what);
    void write_issue(const operation& what);
    void write_completion(const operation& what);
    void write_head(const char* phase, const char* category, const char* name, const event& track);
    void write_microseconds(std::uint64_t nanoseconds);
    void write_kind(call which);
    [[nodiscard]] std::uint64_t nanoseconds(std::uint64_t ticks) const;
    [[nodiscard]] std::uint64_t track_of(std::uint32_t thread, DWORD id) const;

    const recording& recording_;
    std::vector<operation> operations_;
    std::map<call_key, std::vector<std::uint64_t>> collected_; // ids, by the call
    std::unordered_map<std::uint64_t, std::uint64_t> ids_; // by the sequence of issue or completion
    std::unordered_map<std::uint32_t, std::uint64_t> tracks_; // by the number of the thread
    text out_;
    bool first_ = true;
};

chrome_writer::chrome_writer(const recording& what,
                             const std::function<void(std::string_view)>& write)
    : recording_{what}, operations_{match_operations(what)}, out_{write} {
    index();
}

void chrome_writer::index() {
    for (const operation& each : operations_) {
        ids_[each.issued->sequence] = each.id;
        if (each.collected == nullptr)
            continue;
        ids_[each.collected->sequence] = each.id;
        if (each.collected->number != 0)
            collected_[{each.collected->thread, each.collected->number}].push_back(each.id);
    }

    // The events also name threads whose logs are gone.
    std::map<std::uint32_t, DWORD> threads;
    for (const event* each : recording_.events)
        threads.emplace(each->thread, each->thread_id);
    for (const thread_info& each : recording_.threads)
        if (each.number != 0)
            threads.emplace(each.number, each.id);
    std::unordered_map<DWORD, std::uint64_t> uses;
    for (const auto& [number, id] : threads)
        tracks_[number] = (uses[id]++ << 32) + id;
}

std::uint64_t chrome_writer::track_of(std::uint32_t thread, DWORD id) const {
    const auto found = tracks_.find(thread);
    return found == tracks_.end() ? id : found->second;
}

std::vector<line> chrome_writer::lines() const {
    std::vector<line> result;
    for (const operation& each : operations_) {
        result.push_back({each.issued->begin, each.issued->begin, line::issue, nullptr, &each});
        result.push_back({each.end, each.end, line::completion, nullptr, &each});
    }
    for (const event* each : recording_.events)
        if (each->kind == event_kind::call || each->kind == event_kind::routine)
            result.push_back({each->begin, each->end, line::span, each, nullptr});
    for (const event& each : recording_.unfinished)
        result.push_back({each.begin, each.end, line::span, &each, nullptr});
    // An operation begins before it ends, and a span before those that lie within it.
    std::stable_sort(result.begin(), result.end(), [](const line& a, const line& b) {
        return std::tie(a.time, a.kind, b.until) < std::tie(b.time, b.kind, a.until);
    });
    return result;
}

void chrome_writer::write(std::string_view program) {
    out_ << chrome_trace_beginning;
    out_.quoted(program) << R"(,"dropped":)" << recording_.dropped << "},\n\"traceEvents\":[";
    write_threads(program);
    for (const line& each : lines()) {
        if (each.kind == line::span)
            write_span(*each.what);
        else if (each.kind == line::issue)
            write_issue(*each.of);
        else
            write_completion(*each.of);
    }
    out_ << "\n]}\n";
    out_.flush();
}

void chrome_writer::write_threads(std::string_view program) {
    const std::uint64_t process = ::GetCurrentProcessId();
    out_ << "\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":" << process
         << ",\"args\":{\"name\":";
    out_.quoted(program) << "}}";
    first_ = false;
    const std::map<std::uint32_t, std::uint64_t> in_order{tracks_.begin(), tracks_.end()};
    for (const auto& [number, track] : in_order) {
        std::string name = "thread " + std::to_string(number);
        for (const thread_info& each : recording_.threads)
            if (each.number == number)
                name = each.name;
        out_ << ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" << process
             << ",\"tid\":" << track << ",\"args\":{\"name\":";
        out_.quoted(name) << "}}";
        out_ << ",\n{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":" << process
             << ",\"tid\":" << track << ",\"args\":{\"sort_index\":" << std::uint64_t{number}
             << "}}";
    }
}

std::uint64_t chrome_writer::nanoseconds(std::uint64_t ticks) const {
    // The product is made in two steps: that of all ticks would overflow after some minutes.
    constexpr std::uint64_t second = 1'000'000'000;
    const std::uint64_t since = ticks - std::min(ticks, recording_.begin);
    return since / recording_.frequency * second +
           since % recording_.frequency * second / recording_.frequency;
}

void chrome_writer::write_microseconds(std::uint64_t nanoseconds) {
    out_ << nanoseconds / 1000;
    if (const std::uint64_t rest = nanoseconds % 1000; rest != 0) {
        const char digits[] = {'.', static_cast<char>('0' + rest / 100),
                               static_cast<char>('0' + rest / 10 % 10),
                               static_cast<char>('0' + rest % 10)};
        out_ << std::string_view{digits, sizeof digits};
    }
}

void chrome_writer::write_head(const char* phase, const char* category, const char* name,
                               const event& track) {
    if (!std::exchange(first_, false))
        out_ << ",";
    out_ << "\n{\"ph\":\"" << phase << "\",\"cat\":\"" << category << "\",\"name\":\"" << name
         << "\",\"pid\":" << std::uint64_t{::GetCurrentProcessId()}
         << ",\"tid\":" << track_of(track.thread, track.thread_id) << ",\"ts\":";
}

void chrome_writer::write_span(const event& what) {
    const bool routine = what.kind == event_kind::routine;
    write_head("X", routine ? "routine" : "call",
               routine ? callback_name(what.which) : info(what.which).name, what);
    const std::uint64_t begin = nanoseconds(what.begin);
    write_microseconds(begin);
    out_ << ",\"dur\":";
    write_microseconds(nanoseconds(what.end) - begin);
    if (routine) {
        out_ << ",\"args\":{\"of\":\"" << info(what.which).name << "\"";
        if (const auto found = ids_.find(what.sequence); found != ids_.end())
            (out_ << ",\"operation\":").hex(found->second);
    } else {
        write_call_args(what);
    }
    out_ << "}}";
}

// The beginning of the `args` of a call, and of each end of an operation.
void chrome_writer::write_kind(call which) {
    out_ << ",\"args\":{\"kind\":\"" << name_of(info(which).kind) << "\"";
}

void chrome_writer::write_call_args(const event& what) {
    write_kind(what.which);
    if (what.handle != 0)
        (out_ << ",\"handle\":").hex(what.handle);
    out_ << ",\"result\":\"" << outcome_names[static_cast<std::size_t>(what.result)] << "\"";
    if (what.result == outcome::failed)
        out_ << ",\"error\":" << std::uint64_t{what.error};
    if ((what.flags & event::has_bytes) != 0 && what.sequence == 0)
        out_ << ",\"bytes\":" << std::uint64_t{what.bytes};
    if ((what.flags & event::alertable) != 0)
        out_ << ",\"alertable\":true";
    if ((what.flags & event::unfinished) != 0)
        out_ << ",\"unfinished\":true";
    if (const auto found = ids_.find(what.sequence); what.sequence != 0 && found != ids_.end())
        (out_ << ",\"operation\":").hex(found->second);
    if (const auto found = collected_.find({what.thread, what.number}); found != collected_.end()) {
        const char* separator = ",\"collected\":[";
        for (const std::uint64_t id : found->second)
            (out_ << std::exchange(separator, ",")).hex(id);
        out_ << "]";
    }
}

void chrome_writer::write_issue(const operation& what) {
    write_head("b", "operation", info(what.issued->which).name, *what.issued);
    write_microseconds(nanoseconds(what.issued->begin));
    (out_ << ",\"id\":").hex(what.id);
    write_kind(what.issued->which);
    (out_ << ",\"handle\":").hex(what.issued->handle) << "}}";
}

// Of an operation that its own call has ended. A failed one has moved none; of one that was done at
// once the number is known if the program has asked for it.
bool knows_bytes(const operation& what) {
    return what.issued_by->result != outcome::ok || (what.issued_by->flags & event::has_bytes) != 0;
}

void chrome_writer::write_completion(const operation& what) {
    const char* by = info(what.issued->which).name;
    if (what.by == ended_by::unknown)
        by = "unknown";
    else if (what.by == ended_by::end_of_recording)
        by = "end of recording";
    else if (what.collected != nullptr)
        by = (what.collected->flags & event::by_routine) != 0 ? callback_name(what.collected->which)
                                                              : info(what.collected->which).name;
    write_head("e", "operation", info(what.issued->which).name,
               what.collected != nullptr ? *what.collected : *what.issued);
    write_microseconds(nanoseconds(what.end));
    (out_ << ",\"id\":").hex(what.id);
    write_kind(what.issued->which);
    if (what.by == ended_by::collected || (what.by == ended_by::own_call && knows_bytes(what)))
        out_ << ",\"bytes\":" << std::uint64_t{what.bytes};
    out_ << ",\"error\":" << std::uint64_t{what.error} << ",\"by\":\"" << by << "\"";
    if (what.by == ended_by::end_of_recording)
        out_ << ",\"cancelled\":true";
    out_ << "}}";
}

} // namespace

void write_chrome_trace(const recording& what, std::string_view program,
                        const std::function<void(std::string_view)>& write) {
    chrome_writer{what, write}.write(program);
}

} // namespace trace
