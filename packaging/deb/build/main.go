// Command build makes the Debian package. It is nfpm with its Debian part only, in a module of its own, so that Gonets does not depend on
// it.
//
//	go run -C packaging/deb/build . PACKAGE.deb
//
// It reads packaging/deb/nfpm.yaml in the root of the repository, with variables of the environment.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "name the package to write")
		os.Exit(2)
	}
	if err := build(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// build writes the package. Paths are those of the root of the repository.
func build(target string) (err error) {
	if err := os.Chdir(filepath.Join("..", "..", "..")); err != nil {
		return err
	}
	config, err := nfpm.ParseFileWithEnvMapping(filepath.Join("packaging", "deb", "nfpm.yaml"), os.Getenv)
	if err != nil {
		return fmt.Errorf("read the description of the package: %w", err)
	}
	info, err := config.Get("deb")
	if err != nil {
		return err
	}
	info = nfpm.WithDefaults(info)
	info.Target = target
	packager, err := nfpm.Get("deb")
	if err != nil {
		return err
	}
	file, err := os.Create(target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return packager.Package(info, file)
}
