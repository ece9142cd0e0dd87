#include "needs.hpp"

#include "files/temporary_folder.hpp"
#include "win32/winsock.hpp"

#include <filesystem>
#include <string>
#include <system_error>

namespace harness {

namespace {

// Windows lets administrators make links, and everybody else only in its developer mode. Source:
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsymboliclinkw
std::string_view no_symbolic_links() {
    const files::temporary_folder folder;
    const std::filesystem::path link = folder.path() / L"link";
    if (!::CreateSymbolicLinkW(link.c_str(), L"nothing",
                               SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE) &&
        ::GetLastError() == ERROR_PRIVILEGE_NOT_HELD)
        return "the right to make symbolic links (error 1314): be an administrator, or switch "
               "Windows' developer mode on";
    return {};
}

// A volume has short names for all files or for none; the one that Windows lies on mostly has them.
// Source:
// https://learn.microsoft.com/windows-server/administration/windows-commands/fsutil-8dot3name
std::string_view no_short_names() {
    const files::temporary_folder folder;
    const std::filesystem::path file = folder.make_file(L"a long name.html", "");
    std::wstring other(MAX_PATH, L'\0');
    other.resize(::GetShortPathNameW(file.c_str(), other.data(), MAX_PATH));
    if (std::filesystem::path{other}.filename() == file.filename())
        return "short names of files, which the volume of the temporary folder does not make";
    return {};
}

// From coroutine to coroutine the compilers jump. GCC does so only if it optimises (its commit
// d0ce5baeb642, of 2020); of Visual Studio's debug build nothing is known here.
std::string_view no_tail_calls() {
#if (defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE__)) ||                        \
    (defined(_MSC_VER) && defined(_DEBUG))
    return "a build with optimisation: without, the stack may grow from coroutine to coroutine";
#else
    return {};
#endif
}

// Sorted by test. A test that is named here must exist: main() checks the names of its own suites.
constexpr test_need needs[] = {
    {"blocking_facts.ClientOfIpv4HasAMappedAddressOnASocketOfIpv6", no_ipv6},
    {"blocking_facts.SocketOfIpv6TakesNoClientOfIpv4UntilItIsTold", no_ipv6},
    {"coroutine_task.TasksThatAreDoneAtOnceTakeNoStack", no_tail_calls},
    {"each/iocp_fault.IsSurvived/operator_new", no_failing_allocations},
    {"each/iocp_many_faults.IsSurvivedWhereverItHappens/operator_new", no_failing_allocations},
    {"each/iocp_many_faults.SeveralInARowAreSurvived/operator_new", no_failing_allocations},
    {"http_folder.LinkThatLeadsOutLeadsNowhere", no_symbolic_links},
    {"http_folder.ShortNameIsNotThere", no_short_names},
    {"iocp_accept_facts.AcceptExWritesAddressesOfIpv6Too", no_ipv6},
};

} // namespace

// Visual Studio's debug library keeps a list of each container's iterators. It allocates the list
// even in a constructor that promises not to throw, so a failure there ends the program.
std::string_view no_failing_allocations() {
#if defined(_ITERATOR_DEBUG_LEVEL) && _ITERATOR_DEBUG_LEVEL != 0
    return "a library whose containers survive that there is no memory (this one checks iterators)";
#else
    return {};
#endif
}

std::string_view no_ipv6() {
    try {
        static_cast<void>(win32::listen_on("::1", 0));
        return {};
    } catch (const std::system_error&) {
        return "IPv6: this machine has no address ::1";
    }
}

std::span<const test_need> test_needs() noexcept {
    return needs;
}

std::string_view what_is_missing(std::string_view suite, std::string_view test) {
    const std::string name = std::string{suite}.append(".").append(test);
    for (const test_need& need : needs)
        if (need.test == name)
            return need.reason();
    return {};
}

} // namespace harness
