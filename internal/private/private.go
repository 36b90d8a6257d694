// Package private keeps the data folder from other users of the machine.
package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Only the user that Gonets runs as may read the data folder: it has addresses, e-mails, password hashes and secrets. New
// files and folders get these permissions when they are created (Umask).
const (
	privateFile   fs.FileMode = 0o600
	privateFolder fs.FileMode = 0o700
)

// dataFiles are patterns of the files of PocketBase and Gonets in the data folder. Other files may belong to somebody else,
// when --dir names a folder with other uses.
var dataFiles = []string{
	"data.db*", "auxiliary.db*", "logs.db*", "gonets.*", "storage", "backups", ".autocert_cache", ".pb_temp_to_delete", ".notify*",
}

// Folder removes the permissions of others from the files of the data folder: earlier versions left them. It goes on
// after an error; a missing folder is no error. It does not follow links.
func Folder(dir string) error {
	if !hasModes {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "data.db")); err != nil {
		return nil // not yet a data folder
	}
	errs := []error{setPrivate(dir, privateFolder)}
	for _, pattern := range dataFiles {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			errs = append(errs, filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
				switch {
				case errors.Is(err, fs.ErrNotExist):
					return nil // deleted since it was listed
				case err != nil:
					return err
				case entry.IsDir():
					return setPrivate(path, privateFolder)
				case entry.Type().IsRegular():
					return setPrivate(path, privateFile)
				}
				return nil
			}))
		}
	}
	return errors.Join(errs...)
}

// setPrivate removes all permissions that are not in most.
func setPrivate(path string, most fs.FileMode) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode().Perm()&^most == 0 {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()&most)
}
