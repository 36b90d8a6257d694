// Package picture calculates how much memory a decoded picture takes, from its header alone: a file of a few kilobytes can
// have billions of pixels.
package picture

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // each format that PocketBase decodes is measured
	_ "image/jpeg"
	_ "image/png"
	"io"
	"slices"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// MaxBytes is how much memory a decoded picture may take: 22 megapixels of a photo.
const MaxBytes = 64 << 20

// ErrUnknown is the error for content of an unknown format.
var ErrUnknown = errors.New("not a picture of a known format")

// Picture has the values of a picture's header.
type Picture struct {
	Format        string // png, jpeg, gif, webp, bmp or tiff
	Width, Height int    // pixels
	Bytes         int64  // of the decoded picture; of an animation, whose first frame alone is decoded, of one frame

	// decoding is the memory of the decoder besides the decoded picture, in bytes.
	decoding int64
	// converting is the garbage of the decoder after it has decoded the picture, in bytes.
	converting int64
	// scans is how often the decoder goes through a progressive JPEG.
	scans int
}

// Fits reports whether the decoded picture stays within MaxBytes.
func (p Picture) Fits() bool { return p.Bytes <= MaxBytes }

// Measure reads the header of a picture. It decodes nothing, and reads no more than what comes before the first
// pixels; of a progressive JPEG, up to the last scan that counts. It returns ErrUnknown for other content, and another error for a
// picture with a broken header, which no decoder reads either.
func Measure(r io.ReadSeeker) (Picture, error) {
	config, format, err := image.DecodeConfig(r)
	if errors.Is(err, image.ErrFormat) {
		return Picture{}, ErrUnknown
	}
	if err != nil {
		return Picture{}, fmt.Errorf("read the header of a picture: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return Picture{}, fmt.Errorf("a %s of %d × %d pixels", format, config.Width, config.Height)
	}
	p := Picture{Format: format, Width: config.Width, Height: config.Height}
	perPixel := bytesPerPixel(config.ColorModel)
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Picture{}, fmt.Errorf("read the header of a picture: %w", err)
	}
	switch format {
	case "png":
		transparent, err := pngTransparency(bufio.NewReader(r))
		if err != nil {
			return Picture{}, err
		}
		if transparent {
			perPixel = withAlpha(config.ColorModel)
		}
	case "jpeg":
		if p.decoding, p.scans, err = jpegFrame(bufio.NewReader(r)); err != nil {
			return Picture{}, err
		}
		switch config.ColorModel {
		case color.CMYKModel: // Y, Cb, Cr and K are decoded first
			p.converting = product(p.Width, p.Height, 4)
		case color.RGBAModel: // three channels are
			p.converting = product(p.Width, p.Height, 3)
		}
	case "webp":
		lossless, err := webpLossless(bufio.NewReader(r))
		if err != nil {
			return Picture{}, err
		}
		p.decoding = lossless * webpCodes
	}
	p.Bytes = product(p.Width, p.Height, perPixel)
	return p, nil
}

// webpCodes is how many bytes of Huffman tables the decoder may build for one byte of a lossless WebP: a group of
// codes takes 43 KB and is written in 150 bytes.
const webpCodes = 300

// bytesPerPixel is what Go's decoders allocate for a pixel of the color model; the most of all for an unknown one.
func bytesPerPixel(m color.Model) int {
	if _, ok := m.(color.Palette); ok { // cannot be compared by ==
		return 1
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3 // without subsampling
	case color.RGBAModel, color.NRGBAModel, color.NYCbCrAModel, color.CMYKModel:
		return 4
	}
	return 8
}

// withAlpha is bytesPerPixel of a PNG that names a transparent color: its gray becomes NRGBA.
func withAlpha(m color.Model) int {
	switch m {
	case color.GrayModel:
		return 4
	case color.Gray16Model:
		return 8
	}
	return bytesPerPixel(m)
}

// product multiplies; the result of an overflow is the largest integer.
func product(factors ...int) int64 {
	const most = 1 << 60
	p := int64(1)
	for _, f := range factors {
		if f > 0 && p > most/int64(f) {
			return most
		}
		p *= int64(f)
	}
	return p
}

// thumbnailed are the formats that thumbnails are made of. They are PocketBase's, but by content: the name of a file,
// and the type that was stored with it, may be wrong.
var thumbnailed = []string{"png", "jpeg", "gif", "webp"}

// thumbnailed reports whether thumbnails are made of pictures of that format.
func (p Picture) thumbnailed() bool { return slices.Contains(thumbnailed, p.Format) }
