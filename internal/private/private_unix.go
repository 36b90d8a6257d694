//go:build unix

package private

import "syscall"

// hasModes reports whether files have permissions for their owner and for others.
const hasModes = true

// Umask makes the process create files and folders that only its user may read.
func Umask() { syscall.Umask(0o077) }
