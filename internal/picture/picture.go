// Package picture says how much memory a picture takes once it is decoded, from its header alone: a file
// of a few kilobytes can hold billions of pixels.
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

// MaxBytes is how much memory a picture may take once it is decoded: 22 megapixels of a photo.
const MaxBytes = 64 << 20

// ErrUnknown is the error for content that no decoder takes for a picture.
var ErrUnknown = errors.New("not a picture of a known format")

// Picture is what the header of a picture says.
type Picture struct {
	Format        string // png, jpeg, gif, webp, bmp or tiff
	Width, Height int    // pixels
	Bytes         int64  // of the decoded picture; of an animation, whose first frame alone is decoded, of one frame

	// decoding is what the decoder takes beside the decoded picture, in bytes.
	decoding int64
}

// Fits says whether the decoded picture stays within MaxBytes.
func (p Picture) Fits() bool { return p.Bytes <= MaxBytes }

// Measure reads the header of a picture. It decodes nothing, and reads no more than what comes before the first
// pixels. It returns ErrUnknown for what is no picture, and another error for a
// picture with a broken header, which no decoder takes either.
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
		coefficients, err := jpegCoefficients(bufio.NewReader(r))
		if err != nil {
			return Picture{}, err
		}
		p.decoding = coefficients
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

// webpCodes is how many bytes of Huffman tables a byte of a lossless WebP can have the decoder make: a group of
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

// product multiplies without overflow: what does not fit counts as more than anybody has.
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

// thumbnailed are the formats that thumbnails are made of. PocketBase's list, by content: what a file is called,
// and what type was stored with it, can differ.
var thumbnailed = []string{"png", "jpeg", "gif", "webp"}

// Thumbnailed says whether thumbnails are made of pictures of that format.
func (p Picture) Thumbnailed() bool { return slices.Contains(thumbnailed, p.Format) }
