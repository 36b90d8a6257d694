package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// What the data folder holds is for the user only that Gonets runs as: addresses, mails, password hashes,
// secrets. New files and folders are made so from the start (keepPrivate).
const (
	privateFile   fs.FileMode = 0o600
	privateFolder fs.FileMode = 0o700
)

// dataFiles are patterns of what PocketBase and Gonets keep in the data folder. Anything else may be
// somebody else's, with --dir naming a folder that has other uses.
var dataFiles = []string{
	"data.db*", "auxiliary.db*", "logs.db*", "gonets.*", "storage", "backups", ".autocert_cache", ".pb_temp_to_delete", ".notify*",
}

// makePrivate takes the permissions of others from what is in the data folder: earlier versions left
// them. It goes on after an error; a folder that is not there is none. Links are not followed.
func makePrivate(dir string) error {
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
					return nil // gone since it was listed
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

// setPrivate takes all permissions that are not among those.
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
