package metrics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
)

// Server serves GET /metrics at an address of its own, which need not be open to the world as the web UI is.
type Server struct {
	figures *figures
	address *string // where to listen; "" is nowhere

	mu       sync.Mutex
	server   *http.Server
	listener net.Listener
}

// Bind serves the figures while the application serves, at an address that is known by then; "" serves them nowhere.
func Bind(app core.App, engine *delivery.Engine, address *string) *Server {
	s := &Server{figures: newFigures(app, engine), address: address}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if *s.address == "" {
			return e.Next()
		}
		if err := s.listen(*s.address); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.close())
		}
		return nil
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = s.close() // nothing depends on how a scrape ends
		return e.Next()
	})
	return s
}

// Addr is where it listens; "" while it does not.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

func (s *Server) listen(flag string) error {
	address, err := complete(flag)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--metrics %s: %w", flag, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.answer)
	server := &http.Server{
		Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	s.mu.Lock()
	s.server, s.listener = server, l
	s.mu.Unlock()
	go func() { _ = server.Serve(l) }() // ends with close
	return nil
}

func (s *Server) close() error {
	s.mu.Lock()
	server := s.server
	s.server, s.listener = nil, nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	var all bytes.Buffer
	if err := s.figures.Write(&all); err != nil {
		// What could be read is there, so that an alert about the database still comes.
		s.figures.app.Logger().Warn("some figures are missing", "error", err)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(all.Bytes()) // whoever has left needs no answer
}

// complete adds the loopback address to a port without one.
func complete(address string) (string, error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("--metrics %s: give a port, for example 9464, or an address with a port", address)
	}
	if strings.TrimSpace(host) == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
