//go:build !unix

package cli

// hasModes reports whether files have permissions for their owner and for others.
const hasModes = false

// keepPrivate does nothing: new files have the permissions of their folder.
func keepPrivate() {}
