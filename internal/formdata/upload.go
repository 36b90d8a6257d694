package formdata

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
)

// Why an upload is refused.
var (
	ErrNotForm       = errors.New("the request is no multipart form")
	ErrTooManyFields = errors.New("the form has too many fields")
	ErrFieldTooLong  = errors.New("a field of the form is too long")
)

// UploadLimits bound the fields of an upload.
type UploadLimits struct {
	Parts      int // fields, the file too
	FieldBytes int // of each field that is not the file
}

// Upload is a form with one file, which may be larger than the memory.
type Upload struct {
	Path, Name string            // where the file is on disk, and its name in the form; "" without a file
	Fields     map[string]string // the other fields, without spaces around their values
}

// ReadUpload reads the form of a request part by part and writes the first file of that field to a temporary file with
// a name of that pattern (os.CreateTemp), which the caller removes. It fails with ErrNotForm, ErrTooManyFields,
// ErrFieldTooLong, or the error of reading the body or writing the file; then there is no file.
func ReadUpload(req *http.Request, field, pattern string, limits UploadLimits) (u Upload, err error) {
	parts, err := req.MultipartReader()
	if err != nil {
		return u, ErrNotForm
	}
	defer func() {
		if err != nil && u.Path != "" {
			os.Remove(u.Path)
		}
	}()
	u.Fields = map[string]string{}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, err
		}
		if n == limits.Parts {
			return u, ErrTooManyFields
		}
		if part.FormName() == field && part.FileName() != "" && u.Path == "" {
			u.Name = part.FileName()
			if u.Path, err = save(part, pattern); err != nil {
				return u, err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, int64(limits.FieldBytes)+1))
		if err != nil {
			return u, err
		}
		if len(value) > limits.FieldBytes {
			return u, ErrFieldTooLong
		}
		u.Fields[part.FormName()] = strings.TrimSpace(string(value))
	}
}

func save(part *multipart.Part, pattern string) (string, error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, part)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
