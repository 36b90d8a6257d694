package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// pngOf is a PNG that says its size and has no pixels. kind is bit depth and color type; chunks come before IDAT.
func pngOf(width, height uint32, depth, colors byte, chunks ...[]byte) []byte {
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, width)
	binary.BigEndian.PutUint32(head[4:], height)
	head[8], head[9] = depth, colors
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head)...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	return append(append(b, chunk("IDAT", nil)...), chunk("IEND", nil)...)
}

func chunk(name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// jpegOf is the header of a JPEG with the frame marker sof: three components, the first of them sampled h × v.
func jpegOf(sof byte, width, height uint16, h, v byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xc0, 0xff, 0xff, sof, 0, 17, 8} // a frame marker inside of APP1 is none
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	return append(b, 3, 1, h<<4|v, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 12)
}

// scansOf is a progressive JPEG of that many scans, with bytes between them that are no markers.
func scansOf(scans int) []byte {
	b := jpegOf(0xc2, 400, 300, 2, 2)
	b = append(b[:len(b)-4], 0xff, 0xc4, 0, 4, 0xff, 0xda) // a table that holds what looks like a scan
	for range scans {
		b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x12, 0xff, 0x00, 0xda, 0xff, 0xd0, 0x34)
	}
	return append(b, 0xff, 0xd9)
}

// cmykOf is the header of a JPEG of four components.
func cmykOf(width, height uint16) []byte {
	b := []byte("\xff\xd8\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02\xff\xc0\x00\x14\x08")
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	return append(b, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0, 0xff, 0xda, 0, 14)
}

// webpOf is a WebP with the chunks.
func webpOf(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func webpChunk(name string, data []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data))), data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// vp8l is the header of a lossless picture, and n bytes after it.
func vp8l(width, height uint32, n int) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{0x2f}, (width-1)|(height-1)<<14), make([]byte, n)...)
}

func vp8x(width, height uint32, flags byte) []byte {
	w, h := width-1, height-1
	return []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMeasureCountsWhatTheDecoderAllocates(t *testing.T) {
	small := image.NewRGBA(image.Rect(0, 0, 30, 20))
	palette := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	frames := &gif.GIF{}
	for range 300 {
		frames.Image = append(frames.Image, palette)
		frames.Delay = append(frames.Delay, 1)
	}
	for _, c := range []struct {
		name   string
		file   []byte
		format string
		bytes  int64
	}{
		{"a PNG of one bit a pixel", pngOf(25_000, 25_000, 1, 0), "png", 625_000_000},
		{"a PNG with a palette", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, palette) }), "png", 600},
		{"a PNG of 8 bits a channel", pngOf(4_000, 4_000, 8, 2), "png", 64_000_000},
		{"a PNG of 16 bits a channel", pngOf(4_000, 4_000, 16, 6), "png", 128_000_000},
		{"a gray PNG", pngOf(8_000, 8_000, 8, 0), "png", 64_000_000},
		{"a gray PNG with a transparent shade", pngOf(8_000, 8_000, 8, 0, chunk("gAMA", make([]byte, 4)), chunk("tRNS", make([]byte, 2))), "png", 256_000_000},
		{"a PNG wider than an int32 can tell", pngOf(1<<30, 1<<30, 8, 0), "png", 1 << 60},
		{"a JPEG", encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, small, nil) }), "jpeg", 1800},
		{"a JPEG that says that it is huge", jpegOf(0xc0, 65_000, 65_000, 2, 2), "jpeg", 12_675_000_000},
		{"a GIF of many frames, of which one is decoded", encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, frames) }), "gif", 600},
		{"a GIF of a huge screen", []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"), "gif", 65_535 * 65_535},
		{"a lossless WebP", webpOf(webpChunk("VP8L", vp8l(16_000, 16_000, 10))), "webp", 1_024_000_000},
		{"a WebP with a canvas", webpOf(webpChunk("VP8X", vp8x(10_000, 10_000, 1<<4))), "webp", 400_000_000},
		{"a BMP", encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, small) }), "bmp", 2400},
		{"a TIFF", encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, small, nil) }), "tiff", 2400},
	} {
		p, err := Measure(bytes.NewReader(c.file))
		if c.bytes == 1<<60 && err != nil {
			continue // the decoder takes no such PNG
		}
		if err != nil || p.Format != c.format || p.Bytes != c.bytes {
			t.Errorf("%s: %+v, %v; want %d bytes", c.name, p, err, c.bytes)
		}
		if p.Fits() != (c.bytes <= 64<<20) {
			t.Errorf("%s: fits is %v", c.name, p.Fits())
		}
	}
}

func TestMeasureTellsWhatIsNoPictureFromABrokenOne(t *testing.T) {
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("<svg/>"), "a page": []byte("%PDF-1.7")} {
		if _, err := Measure(bytes.NewReader(file)); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string][]byte{
		"a PNG that ends in its header": pngOf(10, 10, 8, 2)[:20],
		"a PNG of no pixels":            pngOf(0, 10, 8, 2),
		"a JPEG without a frame":        {0xff, 0xd8, 0xff, 0xd9},
		"a GIF of no screen":            []byte("GIF89a\x00\x00\x00\x00\x00\x00\x00;"),
	} {
		if p, err := Measure(bytes.NewReader(file)); err == nil || errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestThumbnailsAreMadeInBoundedMemory(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		size string
		may  bool
	}{
		{"a photo", jpegOf(0xc0, 4_000, 3_000, 2, 2), "160x160", true},
		{"a photo of 21 megapixels", jpegOf(0xc0, 5_200, 4_000, 2, 2), "320x0", true},
		{"a progressive photo", jpegOf(0xc2, 4_000, 3_000, 2, 2), "160x160", true},
		{"a progressive photo whose coefficients take 250 MB", jpegOf(0xc2, 4_600, 4_600, 1, 1), "160x160", false},
		{"a progressive photo of many scans", scansOf(maxScans), "160x160", true},
		{"a progressive photo of too many scans", scansOf(maxScans + 1), "160x160", false},
		{"a photo in four colors", cmykOf(3_400, 2_500), "160x160", true},
		{"a photo in four colors, decoded in others first", cmykOf(4_000, 4_000), "160x160", false},
		{"more than 64 MB", pngOf(4_200, 4_200, 8, 2), "56x56", false},
		{"a line that is enlarged before it is cut", pngOf(1, 60_000, 8, 0), "56x56", false},
		{"a line that is enlarged to a width", pngOf(1, 60_000, 8, 0), "320x0", false},
		{"a line that is enlarged to a height", pngOf(60_000, 1, 8, 0), "0x320", false},
		{"a line that is fitted", pngOf(1, 60_000, 8, 0), "100x100f", true},
		{"a line whose weights take 2 GB", pngOf(64_000_000, 1, 8, 0), "100x100f", false},
		{"a narrow banner", pngOf(600, 40, 8, 2), "100x100", true},
		{"a gray scan that is copied with four bytes a pixel", pngOf(8_000, 8_000, 8, 0), "100x100", false},
		{"a thumbnail larger than the picture", pngOf(10, 10, 8, 2), "20000x20000", false},
		{"a lossy WebP", webpOf(webpChunk("VP8X", vp8x(800, 600, 0)), webpChunk("VP8 ", make([]byte, 4<<20))), "100x100", true},
		{"a small lossless WebP", webpOf(webpChunk("VP8L", vp8l(400, 400, 50_000))), "100x100", true},
		{"a lossless WebP full of Huffman codes", webpOf(webpChunk("VP8L", vp8l(400, 400, 2<<20))), "100x100", false},
		{"an alpha channel full of them", webpOf(webpChunk("VP8X", vp8x(400, 400, 1<<4)), webpChunk("ALPH", make([]byte, 2<<20+1)), webpChunk("VP8 ", nil)), "100x100", false},
		{"no size", pngOf(10, 10, 8, 2), "0x0", false},
		{"another notation", pngOf(10, 10, 8, 2), "100", false},
		{"a number that does not fit", pngOf(10, 10, 8, 2), "99999999999999999999x1", false},
		{"a format without thumbnails", encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, image.NewRGBA(image.Rect(0, 0, 9, 9))) }), "100x100", false},
	} {
		p, err := Measure(bytes.NewReader(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := p.mayHaveThumbnail(c.size); got != c.may {
			working, _ := p.working(c.size)
			t.Errorf("%s: %v, with %d + %d bytes", c.name, got, p.Bytes, working)
		}
	}
}

func FuzzMeasure(f *testing.F) {
	f.Add(pngOf(25_000, 25_000, 1, 0))
	f.Add(jpegOf(0xc2, 10, 10, 2, 2))
	f.Add(webpOf(webpChunk("VP8L", vp8l(16_000, 16_000, 10))))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Measure(bytes.NewReader(file))
		if err == nil && (p.Width <= 0 || p.Height <= 0 || p.Bytes <= 0) {
			t.Errorf("%+v", p)
		}
	})
}
