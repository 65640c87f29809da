// A small HTTP service with known faults, for tests that look at its profiles. Standard library only.
//
//	/slow   compiles a regular expression for every item of every request
//	/leak   keeps 64 KiB for ever
//	/lock   holds a mutex for two milliseconds
//	/hash   burns CPU in sha256
//	/stuck  leaves a goroutine waiting for ever
//
// Every route is labelled (route, method). It prints the address on which it listens as its first line.
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

type store struct {
	mutex sync.Mutex
	leak  [][]byte
}

var kept store

func handleSlow(w http.ResponseWriter, _ *http.Request) {
	hits := 0
	for n := range 60 {
		pattern := regexp.MustCompile(`^item-(\d+)[a-z]*(foo|bar|baz)?$`)
		if pattern.MatchString(fmt.Sprintf("item-%d", n)) {
			hits++
		}
	}
	fmt.Fprintln(w, hits)
}

func handleLeak(w http.ResponseWriter, _ *http.Request) {
	kept.mutex.Lock()
	kept.leak = append(kept.leak, make([]byte, 64<<10))
	kept.mutex.Unlock()
	fmt.Fprintln(w, "kept")
}

func handleLock(w http.ResponseWriter, _ *http.Request) {
	kept.mutex.Lock()
	time.Sleep(2 * time.Millisecond)
	kept.mutex.Unlock()
	fmt.Fprintln(w, "locked")
}

func handleHash(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.URL.Path))
	for range 2000 {
		sum = sha256.Sum256(sum[:])
	}
	fmt.Fprintf(w, "%x\n", sum)
}

func handleStuck(w http.ResponseWriter, _ *http.Request) {
	go waitForever()
	fmt.Fprintln(w, "waits")
}

func waitForever() {
	<-make(chan struct{})
}

func labelled(route string, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pprof.Do(r.Context(), pprof.Labels("route", route, "method", r.Method), func(context.Context) { handle(w, r) })
	}
}

func listen(address, socket string) (net.Listener, error) {
	if socket != "" {
		os.Remove(socket)
		return net.Listen("unix", socket)
	}
	return net.Listen("tcp", address)
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	socket := flag.String("socket", "", "Unix socket to listen on instead")
	quiet := flag.Bool("quiet", false, "leave profiles of mutexes and blocking switched off")
	flag.Parse()
	if !*quiet {
		runtime.SetMutexProfileFraction(1)
		runtime.SetBlockProfileRate(1)
	}
	routes := map[string]http.HandlerFunc{
		"/slow": handleSlow, "/leak": handleLeak, "/lock": handleLock, "/hash": handleHash, "/stuck": handleStuck,
	}
	for route, handle := range routes {
		http.HandleFunc(route, labelled(route, handle))
	}
	listener, err := listen(*address, *socket)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
