// An echo server on Go's net package, to hold the full server against.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
)

// As large as the buffer of the server on Asio.
const bufferSize = 16 * 1024

// Sends back what it receives, until the client has finished.
func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, bufferSize)
	for {
		size, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err = connection.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			continue // it concerns one client
		}
		go echo(connection)
	}
}

func main() {
	port := flag.Int("port", 0, "port to listen on; 0 picks a free one")
	flag.Parse()
	listener, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		fmt.Fprintln(os.Stderr, "peer_go_echo:", err)
		os.Exit(1)
	}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt)
	go serve(listener)
	fmt.Printf("listening on %s\n", listener.Addr())
	<-stopped
}
