#include "server_program.hpp"

#include "check.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

namespace exercise {

namespace {

constexpr std::string_view first_words = "listening on ";
constexpr std::string_view local = "127.0.0.1:";

std::filesystem::path own_path() {
    std::wstring name(32768, L'\0'); // the longest path there is
    const DWORD length =
        ::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
    if (length == 0)
        win32::throw_last_error("GetModuleFileNameW");
    name.resize(length);
    return name;
}

// Makes a job that ends its processes with its last handle. Windows closes that however this
// process ends. Source: https://learn.microsoft.com/windows/win32/procthread/job-objects
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

// The list of the one handle that a process inherits. Without it the process would get the check's
// sockets too, and a connection that is closed here would stay open there.
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

    [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST list() noexcept {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    HANDLE handle_;
    std::vector<std::byte> memory_;
};

struct started {
    win32::unique_handle process;
    DWORD id;
};

// Starts `program` in `job`. It has a console of its own without a window, so that Ctrl+C reaches
// it and nobody else, and writes to `output`.
started start(const std::filesystem::path& program, const std::vector<std::wstring>& arguments,
              HANDLE job, HANDLE output) {
    std::wstring line = L"\"" + program.native() + L"\"";
    for (const std::wstring& argument : arguments)
        line += L" \"" + argument + L"\"";
    inherited_handle inherited{output};
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdOutput = output;
    startup.StartupInfo.hStdError = output;
    startup.lpAttributeList = inherited.list();
    PROCESS_INFORMATION information{};
    if (!::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE,
                          CREATE_SUSPENDED | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT,
                          nullptr, nullptr, &startup.StartupInfo, &information))
        win32::throw_last_error("CreateProcessW", win32::to_utf8(program.native()));
    started result{win32::unique_handle{information.hProcess}, information.dwProcessId};
    const win32::unique_handle first_thread{information.hThread};
    if (!::AssignProcessToJobObject(job, result.process.get())) {
        const DWORD error = ::GetLastError();
        ::TerminateProcess(result.process.get(), 1);
        win32::throw_error(error, "AssignProcessToJobObject");
    }
    ::ResumeThread(first_thread.get());
    return result;
}

DWORD exit_code_of(HANDLE process) {
    DWORD code = 0;
    if (!::GetExitCodeProcess(process, &code))
        win32::throw_last_error("GetExitCodeProcess");
    return code;
}

} // namespace

server_program::server_program(const std::vector<std::wstring>& arguments) : job_{make_job()} {
    expect("the program prints \"listening on 127.0.0.1:PORT\", and serves",
           std::chrono::seconds{20});
    const std::filesystem::path self = own_path();
    std::vector<std::wstring> all{L"--port", L"0"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    pipe_ends pipe = make_pipe();
    started program = start(self.parent_path() / (self.stem().native() + L"_program.exe"), all,
                            job_.get(), pipe.write.get());
    process_ = std::move(program.process);
    id_ = program.id;
    pipe.write.reset(); // the pipe ends when its last writer is closed
    pipe_ = std::move(pipe.read);
    reader_ = std::thread{&server_program::read_output, this};

    std::string address;
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return output_ended_ || !address_.empty(); });
        address = address_;
    }
    require(!address.empty(), address.empty() ? describe_end() : "");
    require(address.starts_with(local), "it listens on " + address);
    port_ = static_cast<std::uint16_t>(std::atoi(address.c_str() + local.size()));
}

server_program::~server_program() {
    terminate();
    reader_.join();
}

void server_program::terminate() noexcept {
    ::TerminateProcess(process_.get(), 1);
    ::WaitForSingleObject(process_.get(), 5'000); // until its end its files are open
}

void server_program::press_ctrl_c() {
    expect("the program runs until Ctrl+C");
    if (has_ended_within(0))
        require(false, describe_end());
    expect("the program ends after Ctrl+C, with exit code 0", std::chrono::seconds{20});
    const pipe_ends output = make_pipe();
    const started helper = start(own_path(), {L"--press-ctrl-c", std::to_wstring(id_)}, job_.get(),
                                 output.write.get());
    ::WaitForSingleObject(helper.process.get(), INFINITE);
    if (exit_code_of(helper.process.get()) != 0)
        require(false, "the check could not press Ctrl+C in the program's console" + fate());
    ::WaitForSingleObject(process_.get(), INFINITE); // the step has a limit
    require(exit_code_of(process_.get()) == 0, describe_end());
}

// The connections of a program that crashes break a moment before it has ended.
std::string server_program::fate() {
    return has_ended_within(200) ? "; the program: " + describe_end() : std::string{};
}

bool server_program::has_ended_within(DWORD milliseconds) const noexcept {
    return ::WaitForSingleObject(process_.get(), milliseconds) == WAIT_OBJECT_0;
}

// Waits for the end. All output is shown by then.
std::string server_program::describe_end() {
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return output_ended_; });
    }
    ::WaitForSingleObject(process_.get(), INFINITE);
    const DWORD code = exit_code_of(process_.get());
    std::array<char, 80> text;
    std::snprintf(text.data(), text.size(),
                  code >= 0xC0000000 ? "it has crashed, with exception %08lx"
                                     : "it has ended, with exit code %lu",
                  code);
    return text.data();
}

// Shows the output line by line, apart from the one with the address.
void server_program::read_output() {
    std::array<char, 1024> buffer;
    std::string unread;
    DWORD bytes = 0;
    while (::ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &bytes,
                      nullptr)) {
        unread.append(buffer.data(), bytes);
        std::size_t end = 0;
        while ((end = unread.find('\n')) != std::string::npos) {
            std::string line = unread.substr(0, end);
            unread.erase(0, end + 1);
            if (line.ends_with('\r'))
                line.pop_back();
            const std::lock_guard lock{mutex_};
            if (address_.empty() && line.starts_with(first_words)) {
                address_ = line.substr(first_words.size());
                changed_.notify_all();
            } else {
                std::printf("        | %s\n", line.c_str());
            }
        }
    }
    const std::lock_guard lock{mutex_};
    output_ended_ = true;
    changed_.notify_all();
}

int press_ctrl_c_in(DWORD process) noexcept {
    ::FreeConsole();
    // Every process of a console gets its Ctrl+C, this one too, which has to return its result.
    const bool good = ::AttachConsole(process) && ::SetConsoleCtrlHandler(nullptr, TRUE) &&
                      ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    return good ? 0 : 1;
}

} // namespace exercise
