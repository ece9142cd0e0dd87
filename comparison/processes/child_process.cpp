#include "child_process.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <array>
#include <atomic>
#include <utility>

namespace comparison {

namespace {

// The deadline for the end of a terminated process. It ends at once, unless a driver or Wine is at
// fault.
constexpr std::chrono::milliseconds termination = std::chrono::seconds{10};

constexpr std::size_t longest_output = 64 * 1024;

// Makes a job that ends all its processes when its last handle is closed. Windows closes it however
// this process ends. Source: https://learn.microsoft.com/windows/win32/procthread/job-objects
win32::unique_handle make_job() {
    win32::unique_handle job{::CreateJobObjectW(nullptr, nullptr)};
    if (!job)
        win32::throw_last_error("CreateJobObjectW");
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits,
                                   sizeof limits))
        win32::throw_last_error("SetInformationJobObject");
    return job;
}

struct pipe_ends {
    win32::unique_handle read;
    win32::unique_handle write; // inheritable
};

pipe_ends make_pipe() {
    SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    if (!::CreatePipe(&read, &write, &inheritable, 0))
        win32::throw_last_error("CreatePipe");
    pipe_ends result{win32::unique_handle{read}, win32::unique_handle{write}};
    if (!::SetHandleInformation(read, HANDLE_FLAG_INHERIT, 0))
        win32::throw_last_error("SetHandleInformation");
    return result;
}

// The list of the handles that the process inherits. Without it the process would inherit every
// inheritable handle, sockets too, and a connection closed here would stay open there.
class inherited_handle {
public:
    explicit inherited_handle(HANDLE handle) : handle_{handle} {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_.resize(size);
        if (!::InitializeProcThreadAttributeList(list(), 1, 0, &size))
            win32::throw_last_error("InitializeProcThreadAttributeList");
        if (!::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &handle_,
                                         sizeof handle_, nullptr, nullptr)) {
            const DWORD error = ::GetLastError();
            ::DeleteProcThreadAttributeList(list());
            win32::throw_error(error, "UpdateProcThreadAttribute");
        }
    }
    ~inherited_handle() { ::DeleteProcThreadAttributeList(list()); }
    inherited_handle(const inherited_handle&) = delete;
    inherited_handle& operator=(const inherited_handle&) = delete;

    LPPROC_THREAD_ATTRIBUTE_LIST list() noexcept {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    HANDLE handle_;
    std::vector<std::byte> memory_;
};

// Returns a first argument that no other process has: under Wine a process can only be found by its
// command line. The unique part has the place of a folder, since a program takes its own name from
// what follows.
std::wstring unique_name(const std::filesystem::path& program) {
    static std::atomic<unsigned> count = 0;
    LARGE_INTEGER ticks{};
    ::QueryPerformanceCounter(&ticks);
    return L"comparison-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
           std::to_wstring(ticks.QuadPart) + L"-" + std::to_wstring(++count) + L"\\" +
           program.filename().native();
}

std::wstring command_line(const std::wstring& name, const std::vector<std::wstring>& arguments) {
    std::wstring result = L"\"" + name + L"\"";
    for (const std::wstring& argument : arguments)
        result += L" \"" + argument + L"\"";
    return result;
}

} // namespace

std::filesystem::path program_folder() {
    std::wstring name(32768, L'\0'); // the longest path there is
    const DWORD length =
        ::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
    if (length == 0)
        win32::throw_last_error("GetModuleFileNameW");
    name.resize(length);
    return std::filesystem::path{name}.parent_path();
}

child_process::child_process(const std::filesystem::path& program,
                             const std::vector<std::wstring>& arguments, console which)
    : console_{which},
      name_{unique_name(program)},
      job_{make_job()},
      changed_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)} {
    if (!changed_)
        win32::throw_last_error("CreateEventW");
    const std::string name = win32::to_utf8(program.native());
    pipe_ends pipe = make_pipe();
    inherited_handle inherited{pipe.write.get()};

    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdOutput = pipe.write.get();
    startup.StartupInfo.hStdError = pipe.write.get();
    startup.lpAttributeList = inherited.list();

    // Start it suspended: before it is in the job it must not start a process of its own.
    DWORD flags = CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT;
    // A new group keeps our Ctrl+C from it, and so does a console of its own. A process in a new
    // group ignores Ctrl+C until it switches it on.
    flags |= console_ == console::own ? CREATE_NO_WINDOW : CREATE_NEW_PROCESS_GROUP;
    std::wstring line = command_line(name_, arguments);
    PROCESS_INFORMATION information{};
    if (!::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, flags, nullptr,
                          nullptr, &startup.StartupInfo, &information))
        win32::throw_last_error("CreateProcessW", name);
    process_.reset(information.hProcess);
    id_ = information.dwProcessId;
    const win32::unique_handle first_thread{information.hThread};
    if (!::AssignProcessToJobObject(job_.get(), process_.get())) {
        const DWORD error = ::GetLastError();
        ::TerminateProcess(process_.get(), 1);
        win32::throw_error(error, "AssignProcessToJobObject", name);
    }
    if (::ResumeThread(first_thread.get()) == static_cast<DWORD>(-1))
        win32::throw_last_error("ResumeThread", name);

    // Close our writing end: a pipe ends when its last writer is closed.
    pipe.write.reset();
    pipe_ = std::move(pipe.read);
    reader_ = std::thread{[this] {
        read_output();
    }};
}

child_process::~child_process() {
    ::TerminateProcess(process_.get(), 1);
    job_.reset(); // ends the processes that it has started
    // TerminateProcess only begins the end. Until it is over, the process keeps its files open, and
    // they cannot be removed.
    ::WaitForSingleObject(process_.get(), static_cast<DWORD>(termination.count()));
    reader_.join();
}

void child_process::read_output() {
    std::array<char, 1024> buffer;
    DWORD bytes = 0;
    // Read on when there is enough: the process would wait for room in the pipe.
    while (::ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &bytes,
                      nullptr)) {
        const std::lock_guard lock{mutex_};
        output_.append(buffer.data(), bytes);
        if (output_.size() > longest_output)
            output_.resize(longest_output);
        ::SetEvent(changed_.get());
    }
    const std::lock_guard lock{mutex_};
    output_ended_ = true;
    ::SetEvent(changed_.get());
}

std::string child_process::output() const {
    const std::lock_guard lock{mutex_};
    return output_;
}

std::optional<std::string> child_process::wait_for_line(std::string_view beginning,
                                                        std::chrono::milliseconds patience,
                                                        const stop_token& stop) {
    std::optional<std::string> rest;
    const auto line_is_there = [&] {
        std::size_t start = 0;
        std::size_t end = 0;
        while ((end = output_.find('\n', start)) != std::string::npos) {
            std::string_view line{output_.data() + start, end - start};
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            if (line.starts_with(beginning)) {
                rest = line.substr(beginning.size());
                return true;
            }
            start = end + 1;
        }
        return output_ended_;
    };
    using clock = std::chrono::steady_clock;
    const clock::time_point deadline = clock::now() + patience;
    for (;;) {
        {
            const std::lock_guard lock{mutex_};
            if (line_is_there())
                return rest;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
        if (left.count() <= 0)
            return std::nullopt;
        static_cast<void>(wait_for_any({changed_.get()}, left, stop));
    }
}

std::optional<DWORD> child_process::wait(std::chrono::milliseconds patience,
                                         const stop_token& stop) {
    if (!wait_for_any({process_.get()}, patience, stop))
        return std::nullopt;
    DWORD code = 0;
    if (!::GetExitCodeProcess(process_.get(), &code))
        win32::throw_last_error("GetExitCodeProcess");
    return code;
}

bool child_process::ask_to_stop() {
    if (console_ == console::own) {
        // The helper must not be in a new group: under Wine (8.0) its Ctrl+C would stay in there.
        child_process helper{
            program_folder() / L"comparison_ctrl_c.exe", {std::to_wstring(id_)}, console::own};
        return helper.wait(termination) == std::optional<DWORD>{0};
    }
    // Send Ctrl+Break, because a new process group ignores Ctrl+C. Wine (8.0) refuses Ctrl+Break
    // and passes on Ctrl+C, to a program that has switched it on.
    return ::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, id_) ||
           ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, id_);
}

ending child_process::stop(std::chrono::milliseconds patience) {
    const bool asked = ask_to_stop();
    if (asked && wait(patience))
        return ending::on_request;
    ::TerminateProcess(process_.get(), 1);
    static_cast<void>(wait(termination));
    return asked ? ending::did_not_respond : ending::no_way_to_ask;
}

} // namespace comparison
