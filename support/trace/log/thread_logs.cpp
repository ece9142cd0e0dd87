#include "thread_logs.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/unique_resource.hpp"

#include <algorithm>
#include <cwchar>
#include <mutex>

namespace trace {

namespace {

// Stands for the log of a thread that has ended: it may still make calls while it is unwound.
char ended_mark;
void* const ended = &ended_mark;

// Finds GetThreadDescription, which only Windows 10 1607 and later have.
auto find_get_description() noexcept {
    using function = HRESULT(WINAPI*)(HANDLE, PWSTR*);
    return reinterpret_cast<function>(reinterpret_cast<void*>(
        ::GetProcAddress(::GetModuleHandleW(L"kernel32.dll"), "GetThreadDescription")));
}

std::string name_of(const thread_log& log) {
    if (log.name[0] != L'\0')
        return win32::to_utf8(log.name.data());
    const std::uint32_t number = log.sums().number;
    return number == 1 ? "main" : "thread " + std::to_string(number);
}

} // namespace

thread_logs& thread_logs::instance() {
    static thread_logs& it = *new thread_logs; // NOLINT: never destroyed, see above
    return it;
}

thread_logs::thread_logs()
    : own_log_{::TlsAlloc()},
      at_end_{::FlsAlloc(on_thread_end)},
      get_description_{find_get_description()},
      logs_{std::make_unique<thread_log[]>(capacity)} {
    if (own_log_ == TLS_OUT_OF_INDEXES || at_end_ == FLS_OUT_OF_INDEXES)
        win32::throw_last_error("TlsAlloc");
}

thread_log* thread_logs::mine_if_any() const noexcept {
    void* const value = ::TlsGetValue(own_log_);
    return value == ended ? nullptr : static_cast<thread_log*>(value);
}

thread_log* thread_logs::mine() noexcept {
    const std::uint32_t session = current_session.load();
    if (session == 0)
        return nullptr;
    void* const value = ::TlsGetValue(own_log_);
    if (value == ended)
        return nullptr;
    auto* const log = static_cast<thread_log*>(value);
    return log != nullptr && log->session() == session ? log : join(session, log);
}

thread_log* thread_logs::join(std::uint32_t session, thread_log* log) noexcept {
    {
        const std::lock_guard lock{lock_};
        if (current_session.load() != session)
            return nullptr;
        if (log == nullptr)
            log = find_room(session);
        if (log == nullptr) {
            store_.drop();
            return nullptr;
        }
        log->join(session, ++numbers_, ::GetCurrentThreadId(), store_);
    }
    // Our lock must be free here: the system may have a lock for these values, which it holds when
    // it calls on_thread_end().
    ::TlsSetValue(own_log_, log);
    ::FlsSetValue(at_end_, log);
    return log;
}

thread_log* thread_logs::find_room(std::uint32_t session) noexcept {
    thread_log* departed = nullptr;
    for (std::size_t i = 0; i < capacity; ++i) {
        thread_log& log = logs_[i];
        if (!log.in_use() || (log.ended() && log.session() != session))
            return &log;
        if (log.ended() && (departed == nullptr || log.sums().number < departed->sums().number))
            departed = &log;
    }
    if (departed != nullptr) {
        const thread_info& sums = departed->sums();
        departed_.begin = departed_.begin == 0 ? sums.begin : departed_.begin;
        departed_.end += sums.end - sums.begin;
        departed_.waiting += sums.waiting;
        for (std::size_t i = 0; i < call_count; ++i)
            departed_.totals[i].add(sums.totals[i]);
    }
    return departed;
}

// The system may hold a lock of its own here. So this calls nothing that may need the loader's
// lock, such as GetProcAddress: a thread that holds that lock may be waiting for the system's.
void WINAPI thread_logs::on_thread_end(void* value) noexcept {
    if (value == nullptr)
        return;
    thread_logs& all = instance();
    const std::lock_guard lock{all.lock_};
    auto& log = *static_cast<thread_log*>(value);
    ::TlsSetValue(all.own_log_, ended);
    all.get_description(::GetCurrentThread(), log);
    log.finish(now());
}

void thread_logs::get_description(HANDLE thread, thread_log& log) const noexcept {
    PWSTR text = nullptr;
    if (get_description_ == nullptr || get_description_(thread, &text) < 0 || text == nullptr)
        return;
    const std::size_t length = std::min(std::wcslen(text), log.name.size() - 1);
    std::copy_n(text, length, log.name.begin());
    log.name[length] = L'\0';
    ::LocalFree(text);
}

void thread_logs::start(std::uint32_t chunks) {
    {
        const std::lock_guard lock{lock_};
        store_.reset(chunks);
        numbers_ = 0;
        departed_ = {};
        current_session = ++sessions_;
    }
    if (mine() == nullptr)
        win32::throw_error(ERROR_TOO_MANY_TCBS, "start a recording");
}

void thread_logs::stop() noexcept {
    current_session = 0;
    const std::lock_guard lock{lock_};
    for (std::size_t i = 0; i < capacity; ++i)
        logs_[i].wait_until_left();
}

std::vector<thread_info> thread_logs::threads(std::uint64_t end) {
    const std::lock_guard lock{lock_};
    std::vector<thread_info> result;
    for (std::size_t i = 0; i < capacity; ++i) {
        thread_log& log = logs_[i];
        if (!log.in_use() || log.session() != sessions_)
            continue;
        if (!log.ended()) {
            const win32::unique_handle thread{
                ::OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, log.sums().id)};
            if (thread)
                get_description(thread.get(), log);
        }
        thread_info& sums = result.emplace_back(log.sums());
        sums.name = name_of(log);
        sums.end = log.ended() ? std::min(sums.end, end) : end;
    }
    std::sort(result.begin(), result.end(),
              [](const thread_info& a, const thread_info& b) { return a.number < b.number; });
    if (departed_.begin != 0) {
        thread_info departed = departed_;
        departed.name = "threads that ended long ago";
        departed.end += departed.begin;
        result.push_back(std::move(departed));
    }
    return result;
}

std::vector<event> thread_logs::unfinished_calls(std::uint64_t end) {
    const std::lock_guard lock{lock_};
    std::vector<event> result;
    for (std::size_t i = 0; i < capacity; ++i) {
        const thread_log& log = logs_[i];
        if (!log.in_use() || log.session() != sessions_ || log.ended())
            continue;
        for (std::size_t depth = 0; depth < log.depth(); ++depth) {
            const open_span& open = log.open_at(depth);
            event what{};
            what.begin = open.begin;
            what.end = end;
            what.handle = open.handle;
            what.number = open.number;
            what.thread = log.sums().number;
            what.thread_id = log.sums().id;
            what.kind = open.kind;
            what.which = open.which;
            what.result = outcome::pending;
            what.flags = static_cast<std::uint8_t>(open.flags | event::unfinished);
            result.push_back(what);
        }
    }
    return result;
}

} // namespace trace
