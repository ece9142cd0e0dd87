#include "asio_echo_server.hpp"

#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

namespace peers {

namespace {

// So many that fail in a row are not all their clients' fault.
constexpr unsigned many_accepts = 100;

// For a server that stops: a connection that its client keeps open would hold the port. To be
// closed with close() then: Asio's destructor takes a linger back, so as never to wait, and the
// client would see an orderly end.
void reset_on_close(asio::ip::tcp::socket& socket) {
    asio::error_code ignored;
    socket.set_option(asio::socket_base::linger{true, 0}, ignored);
}

} // namespace

// One client. The operation that is in flight keeps it alive; when none is, it goes. There is only
// ever one, so nothing of a session is used on two threads at once, and it needs no strand.
class asio_echo_server::session : public std::enable_shared_from_this<session> {
public:
    session(asio_echo_server& server, asio::ip::tcp::socket socket)
        : server_{server}, socket_{std::move(socket)} {
        server_.enter(*this);
    }
    ~session() {
        asio::error_code ignored;
        socket_.close(ignored);
        server_.leave(*this);
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void receive() {
        socket_.async_read_some(
            asio::buffer(buffer_),
            [self = shared_from_this()](const asio::error_code& error, std::size_t size) {
                if (!error && !self->server_.stopping_)
                    self->send(size);
            });
    }

    void cancel() {
        reset_on_close(socket_);
        asio::error_code ignored;
        socket_.cancel(ignored);
    }

private:
    void send(std::size_t size) {
        asio::async_write(socket_, asio::buffer(buffer_, size),
                          [self = shared_from_this()](const asio::error_code& error, std::size_t) {
                              if (!error && !self->server_.stopping_)
                                  self->receive();
                          });
    }

    asio_echo_server& server_;
    asio::ip::tcp::socket socket_;
    std::array<char, 16 * 1024> buffer_;
};

asio_echo_server::asio_echo_server(const echo_options& options)
    : thread_count_{options.threads != 0 ? options.threads
                                         : 2 * std::max(1u, std::thread::hardware_concurrency())},
      // As many of them may run at once as there are processors, as with chapter 5's port.
      io_{static_cast<int>(
          std::min(thread_count_, std::max(1u, std::thread::hardware_concurrency())))},
      acceptor_{io_} {
    // The listening socket is made as the chapters make theirs: the same options, the same errors.
    win32::unique_socket listener = win32::listen_on(options.address, options.port);
    address_ = win32::local_address(listener.get());
    acceptor_.assign(address_.si_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(),
                     listener.get());
    static_cast<void>(listener.release());
    accept_next();
    try {
        threads_.reserve(thread_count_);
        for (unsigned i = 0; i < thread_count_; ++i)
            threads_.push_back(win32::make_thread(&asio_echo_server::run, this));
    } catch (...) {
        stop(); // the threads that did start use members that are about to go
        throw;
    }
}

asio_echo_server::~asio_echo_server() {
    stop();
}

// An exception of a handler comes out of run(); it may be called again then. It is bad_alloc, and
// as a rule it concerns one client only. Where there was none for the next accept either, no more
// clients come in: a server that is to go into a product would have to try that again.
void asio_echo_server::run() noexcept {
    for (;;)
        try {
            io_.run();
            return;
        } catch (const std::exception&) {
        }
}

void asio_echo_server::accept_next() {
    acceptor_.async_accept([this](const asio::error_code& error, asio::ip::tcp::socket socket) {
        on_accepted(error, std::move(socket));
    });
}

void asio_echo_server::on_accepted(const asio::error_code& error, asio::ip::tcp::socket socket) {
    if (stopping_) {
        reset_on_close(socket);
        asio::error_code ignored;
        socket.close(ignored);
        return;
    }
    // An error concerns one client, as a rule, who has gone before we came to it. But it may also
    // be that Windows gives no more sockets, and will when clients have left: so not at once for
    // ever.
    failed_accepts_ = error ? failed_accepts_ + 1 : 0;
    if (failed_accepts_ == many_accepts) {
        accept_later();
        return;
    }
    accept_next();
    if (!error)
        std::make_shared<session>(*this, std::move(socket))->receive();
}

void asio_echo_server::accept_later() {
    failed_accepts_ = 0;
    const auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds{10});
    timer->async_wait([this, timer](const asio::error_code&) {
        if (!stopping_)
            accept_next();
    });
}

void asio_echo_server::enter(session& one) {
    const std::lock_guard lock{mutex_};
    sessions_.insert(&one);
}

void asio_echo_server::leave(session& one) noexcept {
    const std::lock_guard lock{mutex_};
    sessions_.erase(&one);
}

void asio_echo_server::stop() noexcept {
    if (stopping_)
        return;
    try {
        io_.stop();
    } catch (const std::exception&) {
        std::terminate(); // the threads go on, and use members that are about to go
    }
    for (std::thread& thread : threads_)
        thread.join();
    stopping_ = true;

    // Nobody starts anything any more. What is in flight is cancelled, and its handlers run here:
    // the last one of a session ends it. (To close the sockets would cancel, too. But under Wine a
    // socket that is closed while it sends gives no packet, and the io_context would wait for it
    // for ever.)
    asio::error_code ignored;
    acceptor_.cancel(ignored);
    for (session* const each : sessions_)
        each->cancel();
    io_.restart();
    run();
    acceptor_.close(ignored);
}

} // namespace peers
