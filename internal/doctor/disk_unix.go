//go:build unix

package doctor

import "syscall"

// freeSpace is how many bytes of the file system of a folder are free for this process.
func freeSpace(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
