//go:build unix

package cli

import "syscall"

// hasModes reports whether files have permissions for their owner and for others.
const hasModes = true

// keepPrivate makes the process create files and folders that only its user may read.
func keepPrivate() { syscall.Umask(0o077) }
