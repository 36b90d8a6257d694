//go:build unix

package cli

import "syscall"

// hasModes is true where files have permissions for their owner and for others.
const hasModes = true

// keepPrivate has the process make files and folders that only its user may read.
func keepPrivate() { syscall.Umask(0o077) }
