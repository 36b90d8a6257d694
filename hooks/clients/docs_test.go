package clients_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/ui"

	"gonets/hooks/clients"
)

// TestThePageOnInstallingIsTrue compares what operators copy with what it is about.
func TestThePageOnInstallingIsTrue(t *testing.T) {
	raw, err := os.ReadFile("../../docs/install.md")
	must(t, err)
	page := string(raw)

	if want := fmt.Sprintf("client_max_body_size %dm;", clients.ImportBody>>20); !strings.Contains(page, want) {
		t.Errorf("a proxy would not let an import through: there is no %q", want)
	}
	proxy, err := os.ReadFile("../../packaging/proxy/nginx.conf")
	must(t, err)
	if want := fmt.Sprintf("client_max_body_size %dm;", clients.ImportBody>>20); !strings.Contains(string(proxy), want) {
		t.Errorf("the example of nginx would not let an import through: there is no %q", want)
	}
	unit, err := os.ReadFile("../../packaging/systemd/gonets.service")
	must(t, err)
	for _, want := range []string{"ProtectSystem=strict", "PrivateTmp=yes", "StateDirectory=gonets", "NoNewPrivileges=yes"} {
		if !strings.Contains(string(unit), "\n"+want+"\n") {
			t.Errorf("the unit has no %s", want)
		}
	}

	// The names in the admin UI are those that PocketBase has.
	var admin strings.Builder
	must(t, fs.WalkDir(ui.DistDirFS, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".js") {
			return err
		}
		script, err := fs.ReadFile(ui.DistDirFS, name)
		admin.Write(script)
		return err
	}))
	security, err := os.ReadFile("../../docs/security.md")
	must(t, err)
	names := 0
	for _, path := range regexp.MustCompile(`Settings → [^.:;)]+`).FindAllString(page+string(security), -1) {
		for name := range strings.SplitSeq(path, "→") {
			name, _, _ = strings.Cut(strings.Trim(strings.Join(strings.Fields(name), " "), "* "), ",")
			names++
			if !strings.Contains(admin.String(), "`"+strings.Trim(name, "*")) {
				t.Errorf("the admin UI has no %q (%s)", name, path)
			}
		}
	}
	if names < 6 {
		t.Errorf("only %d names", names)
	}
}
