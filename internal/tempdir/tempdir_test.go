package tempdir

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is also the process of another instance: it makes a temporary file, says where, and waits.
func TestMain(m *testing.M) {
	dataDir := os.Getenv("TEMPDIR_TEST_PROCESS")
	if dataDir == "" {
		os.Exit(m.Run())
	}
	done, err := use(dataDir)
	if err != nil {
		panic(err)
	}
	file, err := os.CreateTemp("", "upload-*")
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(file.Name() + "\n")
	_, _ = io.ReadAll(os.Stdin) // until the test closes it, or kills
	if err := done(); err != nil {
		panic(err)
	}
}

// process is another process that uses the folder.
type process struct {
	cmd  *exec.Cmd
	in   io.Closer
	file string // a temporary file of it
}

func start(t *testing.T, dataDir string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEMPDIR_TEST_PROCESS="+dataDir)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return process{cmd, in, strings.TrimSpace(line)}
}

func TestOnlyWhatIsLeftOverIsSwept(t *testing.T) {
	dataDir := t.TempDir()
	must(t, Sweep(dataDir)) // there is none yet
	live, killed, ended := start(t, dataDir), start(t, dataDir), start(t, dataDir)
	must(t, killed.cmd.Process.Kill())
	_ = killed.cmd.Wait()
	must(t, ended.in.Close())
	must(t, ended.cmd.Wait())
	if exists(ended.file) || !exists(killed.file) {
		t.Error("a process cleans up when it ends, and cannot when it is killed")
	}
	must(t, os.WriteFile(filepath.Join(dataDir, Name, "stray"), nil, 0o600))
	must(t, os.MkdirAll(filepath.Join(dataDir, Name, "folder", "deeper"), 0o700))

	must(t, Sweep(dataDir))
	if exists(killed.file) || !exists(live.file) {
		t.Errorf("of the killed process: %t, of the live one: %t", exists(killed.file), exists(live.file))
	}
	if !strings.HasPrefix(live.file, dataDir) {
		t.Errorf("%s is not in %s", live.file, dataDir)
	}
	must(t, live.in.Close())
	must(t, live.cmd.Wait())
	if left, err := os.ReadDir(filepath.Join(dataDir, Name)); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

func TestTheFolderIsThisUsersOnly(t *testing.T) {
	t.Setenv("TMPDIR", "")
	dataDir := t.TempDir()
	done, err := use(dataDir)
	must(t, err)
	info, err := os.Stat(os.TempDir())
	must(t, err)
	if info.Mode().Perm() != 0o700 || !strings.HasPrefix(os.TempDir(), dataDir) {
		t.Errorf("%s %v", os.TempDir(), info.Mode())
	}
	must(t, Sweep(dataDir))
	if !exists(os.TempDir()) {
		t.Error("a process sweeps its own files")
	}
	must(t, done())
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
