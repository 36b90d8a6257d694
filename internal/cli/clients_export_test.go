package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsThereWholeOrNotAtAll(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.csv")
	broken := errors.New("the disk is on fire")
	err := writeFile(name, func(w io.Writer) error {
		_, err := io.WriteString(w, "email\r\n")
		return errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if left, err := filepath.Glob(name + "*"); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
	err = writeFile(name, func(w io.Writer) error {
		_, err := io.WriteString(w, "email\r\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(name); err != nil || string(raw) != "email\r\n" {
		t.Errorf("%q, %v", raw, err)
	}
}
