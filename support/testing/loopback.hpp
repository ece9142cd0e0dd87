/// \file
/// The beginnings of a test of the API: two ends of a connection, two ends of a pipe, a folder of
/// its own. Nothing here is a lesson; the calls that a test is about stay in the test.
///
/// Every function throws std::system_error that names the call that failed.
#pragma once

#include "files/temporary_folder.hpp"
#include "testing/machine/deadline.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <atomic>
#include <string>

namespace harness {

/// The two ends of one TCP connection over 127.0.0.1.
///
/// Both are overlapped sockets in blocking mode, so they serve every model. Nagle's algorithm is
/// left as it is.
struct socket_pair {
    win32::unique_socket client; ///< the end that called connect
    win32::unique_socket server; ///< the end that accept returned
};

/// A new connection; its listener is closed again.
[[nodiscard]] inline socket_pair make_socket_pair() {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    socket_pair result;
    result.client = win32::make_tcp_socket();
    // A blocking connect over loopback returns when the connection waits in the backlog.
    if (::connect(result.client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) !=
        0)
        win32::throw_last_socket_error("connect");
    result.server.reset(::accept(listener.get(), nullptr, nullptr));
    if (!result.server)
        win32::throw_last_socket_error("accept");
    return result;
}

/// A socket that is bound to a port of 127.0.0.1 and does not listen: a client that connects there
/// is refused, and while the socket lives no other program can get the port and listen.
[[nodiscard]] inline win32::unique_socket bind_without_listening() {
    win32::unique_socket result = win32::make_tcp_socket();
    const sockaddr_in any_port = win32::make_address("127.0.0.1", 0).Ipv4;
    if (::bind(result.get(), reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) != 0)
        win32::throw_last_socket_error("bind");
    return result;
}

/// Closes `socket` so that the peer sees a reset (WSAECONNRESET) and not an orderly end.
///
/// Under Wine only a receive that is pending already, or a send, tells the peer so: a receive that
/// begins after the reset reads 0, as at an orderly end.
inline void close_with_reset(win32::unique_socket& socket) {
    win32::set_option(socket.get(), SOL_SOCKET, SO_LINGER, linger{1, 0});
    socket.reset();
}

/// The two ends of one byte pipe. It has a name, since the ends of an anonymous pipe (CreatePipe)
/// cannot be overlapped.
struct pipe_pair {
    win32::unique_file reader; ///< to read from
    win32::unique_file writer; ///< to write to
};

/// A new pipe. Pass FILE_FLAG_OVERLAPPED for the ends that shall be overlapped.
[[nodiscard]] inline pipe_pair make_pipe_pair(DWORD reader_flags = 0, DWORD writer_flags = 0) {
    static std::atomic<unsigned> count = 0;
    const std::wstring name = L"\\\\.\\pipe\\io-tutorial-test-" +
                              std::to_wstring(::GetCurrentProcessId()) + L"-" +
                              std::to_wstring(count++);
    pipe_pair result;
    result.reader.reset(::CreateNamedPipeW(
        name.c_str(), PIPE_ACCESS_INBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE | reader_flags,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, 4096, 4096,
        0, nullptr));
    if (!result.reader)
        win32::throw_last_error("CreateNamedPipeW");
    // Opening the client end connects it: no ConnectNamedPipe is needed.
    result.writer.reset(::CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                      writer_flags, nullptr));
    if (!result.writer)
        win32::throw_last_error("CreateFileW", win32::to_utf8(name));
    return result;
}

/// A folder for the files of a test.
using files::temporary_folder;

} // namespace harness
