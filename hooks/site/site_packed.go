package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"

	"gonets/hooks/request"
)

// packedFolder is the folder in the data folder that keeps the compressed files of the embedded site. Best compression
// takes seconds of CPU for the whole site, which the first visitors after each restart would wait for. Backups leave
// the folder out.
const packedFolder = "gonets.packed"

// packed is a body in a coding of HTTP, "br" or "gzip".
type packed struct {
	coding, tag string
	body        []byte
}

// packingGain is how many bytes a coding must save: about as many as the header fields take that name it.
const packingGain = 64

// coding is a content coding of HTTP (RFC 9110 § 8.4.1).
type coding struct {
	name     string
	compress func(io.Writer) io.WriteCloser
	expand   func(io.Reader) (io.Reader, error)
}

// codings are those that the site is served in, the best first. Brotli knows the words of scripts and style sheets
// beforehand: short files, which these are, get a seventh shorter than by gzip. Browsers offer it over HTTPS and on
// their own machine.
var codings = []coding{
	{
		"br",
		func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) },
		func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	},
	{
		"gzip",
		func(w io.Writer) io.WriteCloser {
			packer, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails only for a level that does not exist
			return packer
		},
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	},
}

// packer compresses files of the site and keeps the results in a folder; "" keeps none.
type packer struct{ folder string }

// pack returns the body in the codings that make it shorter.
func (p packer) pack(body []byte) []packed {
	var all []packed
	for _, c := range codings {
		if short := p.compressed(c, body); len(short) < len(body)-packingGain {
			all = append(all, packed{coding: c.name, tag: request.EntityTag(body, c.name), body: short})
		}
	}
	return all
}

// compressed returns the body in a coding, as it was kept or compressed anew. A failure to keep it costs only time.
func (p packer) compressed(c coding, body []byte) []byte {
	path := filepath.Join(p.folder, keptName(c.name, body))
	if p.folder != "" {
		if kept, err := os.ReadFile(path); err == nil && c.expandsTo(kept, body) {
			return kept
		}
	}
	var out bytes.Buffer
	w := c.compress(&out)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	if p.folder != "" {
		_ = keep(path, out.Bytes())
	}
	return out.Bytes()
}

// expandsTo reports whether a kept file holds the body: a disk may have lost the end of it.
func (c coding) expandsTo(kept, body []byte) bool {
	r, err := c.expand(bytes.NewReader(kept))
	if err != nil {
		return false
	}
	expanded, err := io.ReadAll(io.LimitReader(r, int64(len(body))+1))
	return err == nil && bytes.Equal(expanded, body)
}

// keptName is the name of the file that keeps a body in a coding.
func keptName(coding string, body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16]) + "." + coding
}

// keep writes a file that is there whole or not at all.
func keep(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, "*.new")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// sweep removes what earlier versions of the site and a killed process have left in the folder.
func (p packer) sweep(site fs.FS) error {
	entries, err := os.ReadDir(p.folder)
	if err != nil || len(entries) == 0 {
		return nil // nothing is kept yet
	}
	current := make(map[string]bool)
	err = fs.WalkDir(site, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isText(contentType(name)) {
			return err
		}
		body, err := fs.ReadFile(site, name)
		for _, c := range codings {
			current[keptName(c.name, body)] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("list the files of the site: %w", err)
	}
	for _, entry := range entries {
		if current[entry.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(p.folder, entry.Name())); err != nil {
			return fmt.Errorf("remove compressed files of an earlier version: %w", err)
		}
	}
	return nil
}
