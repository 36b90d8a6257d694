// Package build knows what this binary was built from.
package build

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// What scripts/release sets with -ldflags "-X gonets/internal/build.version=…". A build from a checkout leaves them empty and has
// what Go notes by itself.
var version, commit, date string

// Info is what a binary was built from.
type Info struct {
	Version string `json:"version"` // such as "v1.2.3", or "dev"
	Commit  string `json:"commit"`  // of Git, "" when it is not known
	// Date is the time of the commit in RFC 3339, "" when it is not known: two builds of one commit have the same.
	Date     string `json:"date"`
	Modified bool   `json:"modified"` // the files were not those of the commit
	Go       string `json:"go"`       // version of Go
	Platform string `json:"platform"` // such as "linux/amd64"
}

// Of is what this binary was built from.
func Of() Info {
	i := Info{Version: version, Commit: commit, Date: date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	noted, ok := debug.ReadBuildInfo()
	if !ok {
		noted = &debug.BuildInfo{}
	}
	for _, s := range noted.Settings {
		switch {
		case commit != "": // the flags tell all of it
		case s.Key == "vcs.revision":
			i.Commit = s.Value
		case s.Key == "vcs.time":
			i.Date = s.Value
		case s.Key == "vcs.modified":
			i.Modified = s.Value == "true"
		}
	}
	if i.Version == "" && noted.Main.Version != "(devel)" {
		i.Version = noted.Main.Version
	}
	if i.Version == "" {
		i.Version = "dev"
	}
	return i
}

// String is all of it in one line.
func (i Info) String() string {
	parts := []string{i.Version}
	if i.Commit != "" {
		changed := ""
		if i.Modified {
			changed = ", modified"
		}
		parts = append(parts, fmt.Sprintf("commit %.12s%s", i.Commit, changed))
	}
	if i.Date != "" {
		parts = append(parts, i.Date)
	}
	return strings.Join(append(parts, i.Go, i.Platform), ", ")
}
