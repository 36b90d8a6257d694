package site

import "io/fs"

// Files is the file system that s serves.
func (s *Site) Files() (fs.FS, error) { return s.files() }
