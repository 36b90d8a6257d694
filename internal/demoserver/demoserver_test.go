package demoserver

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"gonets/internal/demo"
)

func TestOnlyTheDemoHasAFolderOfItsOwn(t *testing.T) {
	for _, tc := range []struct {
		name, args, want string
	}{
		{"no command", "", ""},
		{"serve", "serve --http 127.0.0.1:1", ""},
		{"demo", "demo", demo.DefaultFolder},
		{"demo after flags and their values", "--dev --dir x --queryTimeout=3 demo --reset", demo.DefaultFolder},
		{"a folder called demo", "--dir demo serve", ""},
		{"an argument called demo", "role demo manager", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := DataDir(strings.Fields(tc.args)); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheDemoIsForThisMachineOnly(t *testing.T) {
	for _, tc := range []struct{ name, address, want string }{
		{"the usual address", "127.0.0.1:8090", "127.0.0.1:8090"},
		{"by name", "localhost:8090", "127.0.0.1:8090"},
		{"of IPv6", "[::1]:8090", "[::1]:8090"},
		{"all addresses", "0.0.0.0:8090", ""},
		{"all addresses, unsaid", ":8090", ""},
		{"all addresses of IPv6", "[::]:8090", ""},
		{"one of the network", "192.168.1.5:8090", ""},
		{"a name that could be anybody's", "demo.example.org:8090", ""},
		{"no port", "127.0.0.1", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := loopback(tc.address)
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("%q, %v; want %q", got, err, tc.want)
			}
			if err != nil && !strings.Contains(err.Error(), "127.0.0.1:8090") {
				t.Errorf("%q does not say what to do", err)
			}
		})
	}
}

func TestATakenAddressLeavesTheFolderAlone(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	folder := t.TempDir()
	f, err := demo.Claim(folder, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.MarkFilled(); err != nil {
		t.Fatal(err)
	}
	if err := f.Release(); err != nil {
		t.Fatal(err)
	}

	d := &server{http: taken.Addr().String(), reset: true}
	if err := d.claim(folder); err == nil || !strings.Contains(err.Error(), "--http") {
		t.Fatalf("error %v, want one that names --http", err)
	}
	if f, err = demo.Claim(folder, false); err != nil || !f.Filled() {
		t.Errorf("the folder was touched: %v", err)
	}
	_ = f.Release()
}

func TestTheGreetingNamesEveryRole(t *testing.T) {
	var out bytes.Buffer
	greet(&out, "http://127.0.0.1:8090", "demo_data")
	for _, want := range []string{"http://127.0.0.1:8090/_/", "owner, владелец", "manager, менеджер", "superuser", demo.Password, "demo_data", "#/outbox"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
