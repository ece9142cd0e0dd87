#include "error.hpp"

#include "text.hpp"

namespace win32 {

namespace {

// Some systems (Wine 8 among them) have no text for Winsock's codes. These are the ones that a
// user of the programs meets.
const char* winsock_text(int code) noexcept {
    switch (code) {
    case WSAEACCES:
        return "Permission denied; another program may hold the port for itself";
    case WSAEADDRINUSE:
        return "The address and port are already in use";
    case WSAEADDRNOTAVAIL:
        return "The address is not one of this machine";
    case WSAECONNRESET:
        return "The connection was reset by the other side";
    case WSAECONNREFUSED:
        return "The connection was refused: nobody listens there";
    default:
        return "No text is known";
    }
}

class win32_category final : public std::error_category {
public:
    const char* name() const noexcept override { return "win32"; }

    std::string message(int code) const override {
        wchar_t text[512];
        DWORD length = ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
                                            FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                        nullptr, static_cast<DWORD>(code), 0, text,
                                        static_cast<DWORD>(std::size(text)), nullptr);
        while (length > 0 && (text[length - 1] == L' ' || text[length - 1] == L'.'))
            --length;
        const std::string reason = length == 0 ? winsock_text(code) : to_utf8({text, length});
        return reason + " (error " + std::to_string(code) + ")";
    }
};

} // namespace

const std::error_category& category() noexcept {
    static const win32_category instance;
    return instance;
}

void throw_error(DWORD code, std::string_view call, std::string_view object) {
    std::string what{call};
    if (!object.empty())
        what.append(" \"").append(object).append("\"");
    throw std::system_error(make_error(code), what);
}

void throw_last_error(std::string_view call, std::string_view object) {
    throw_error(::GetLastError(), call, object);
}

void throw_last_socket_error(std::string_view call, std::string_view object) {
    throw_error(static_cast<DWORD>(::WSAGetLastError()), call, object);
}

} // namespace win32
