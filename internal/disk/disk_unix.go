//go:build unix

// Package disk knows how much room is left.
package disk

import "syscall"

// Free is how many bytes of the file system of a folder are free for this process.
func Free(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
