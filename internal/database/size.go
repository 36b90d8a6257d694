package database

import (
	"os"
	"path/filepath"
)

// Bytes is the size of PocketBase's databases in a data folder, with what is not yet merged into them.
func Bytes(dataDir string) int64 {
	var sum int64
	for _, name := range []string{"data.db", "data.db-wal", "auxiliary.db", "auxiliary.db-wal"} {
		if info, err := os.Stat(filepath.Join(dataDir, name)); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
