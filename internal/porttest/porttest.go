// Package porttest finds ports for programs that tests start.
package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// Ports below those that systems give to connections (from 32768 or 49152 on): such a one could be taken between being found and being
// listened at.
const first, count = 20000, 12000

// next is the port that is looked at next, less the first. Test programs that run at the same time begin at different ones.
var next atomic.Int64

func init() { next.Store(rand.Int64N(count)) }

// Free returns a port of the loopback interface at which nothing listens, for TCP and UDP; another one at each call.
func Free(t testing.TB) int {
	t.Helper()
	for range count {
		port := first + int(next.Add(1)%count)
		address := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		u, err := net.ListenPacket("udp", address)
		_ = l.Close()
		if err == nil {
			_ = u.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}
