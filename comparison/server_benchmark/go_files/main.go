// The file server of Go's net/http, for the benchmark.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
)

func main() {
	port := flag.Int("port", 0, "port to listen on; 0 picks a free one")
	root := flag.String("root", ".", "the folder whose files are served")
	flag.Parse()
	listener, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		fmt.Fprintln(os.Stderr, "peer_go_files:", err)
		os.Exit(1)
	}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt)
	go http.Serve(listener, http.FileServer(http.Dir(*root)))
	fmt.Printf("listening on %s\n", listener.Addr())
	<-stopped
}
