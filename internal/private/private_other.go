//go:build !unix

package private

// hasModes reports whether files have permissions for their owner and for others.
const hasModes = false

// Umask does nothing: new files have the permissions of their folder.
func Umask() {}
