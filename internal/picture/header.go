package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// pngTransparency reports whether a PNG has a tRNS chunk before its pixels (PNG specification, 3rd edition, § 5.6):
// then gray is decoded to four channels, which the color model of its header does not tell.
func pngTransparency(r *bufio.Reader) (bool, error) {
	if _, err := r.Discard(8); err != nil { // the signature
		return false, fmt.Errorf("read the signature of a PNG: %w", err)
	}
	for {
		var head [8]byte // length and type
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil // no pixels: it cannot be decoded
		} else if err != nil {
			return false, fmt.Errorf("read the chunks of a PNG: %w", err)
		}
		switch string(head[4:]) {
		case "tRNS":
			return true, nil
		case "IDAT", "IEND":
			return false, nil
		}
		if err := skip(r, int64(binary.BigEndian.Uint32(head[:4]))+4); err != nil { // and the checksum
			return false, err
		}
	}
}

// maxScans is how many scans of a JPEG are counted, and may be decoded for a thumbnail: encoders write about ten.
// A scan of a few bytes makes the decoder go through the whole picture.
const maxScans = 100

// jpegFrame reads what a progressive JPEG costs to decode: the bytes that the decoder keeps between the
// scans, because each sample has a coefficient of 32 bits (ITU T.81 § G), and how many scans there are, of which it
// counts no more than maxScans + 1. Both are 0 for other JPEGs: the work for their scans is in their size.
func jpegFrame(r *bufio.Reader) (coefficients int64, scans int, err error) {
	if _, err := r.Discard(2); err != nil { // SOI
		return 0, 0, fmt.Errorf("read the header of a JPEG: %w", err)
	}
	for {
		marker, err := nextMarker(r)
		if scans > 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
			return coefficients, scans, nil // cut off: the decoder fails
		}
		if err != nil {
			return 0, 0, err
		}
		switch {
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd8: // TEM, RSTn, SOI: no length
			continue
		case marker == 0xd9: // EOI
			return coefficients, scans, nil
		case marker == 0xda: // SOS
			if coefficients == 0 {
				return 0, 0, nil
			}
			if scans++; scans > maxScans {
				return coefficients, scans, nil
			}
		}
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil && scans == 0 {
			return 0, 0, fmt.Errorf("read a segment of a JPEG: %w", err)
		}
		n := int64(binary.BigEndian.Uint16(length[:])) - 2
		switch {
		case marker == 0xc2 && coefficients == 0:
			if coefficients, err = progressiveBytes(r); err != nil {
				return 0, 0, err
			}
			continue // its segment has been read, up to what no decoder takes
		case marker == 0xc0 || marker == 0xc1:
			return 0, 0, nil
		}
		if err := skip(r, n); err != nil {
			return 0, 0, err
		}
	}
}

// nextMarker skips to the byte behind 0xff that names a segment.
func nextMarker(r *bufio.Reader) (byte, error) {
	for last := byte(0); ; {
		b, err := r.ReadByte()
		if err != nil {
			return 0, fmt.Errorf("read a marker of a JPEG: %w", err)
		}
		if last == 0xff && b != 0 && b != 0xff {
			return b, nil
		}
		last = b
	}
}

// progressiveBytes reads a frame header (ITU T.81 § B.2.2).
func progressiveBytes(r *bufio.Reader) (int64, error) {
	var frame [6]byte // precision, lines, samples per line, components
	if _, err := io.ReadFull(r, frame[:]); err != nil {
		return 0, fmt.Errorf("read the frame of a JPEG: %w", err)
	}
	height, width := int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
	samples, most := 0, 1
	for range frame[5] {
		var component [3]byte // id, sampling factors, table
		if _, err := io.ReadFull(r, component[:]); err != nil {
			return 0, fmt.Errorf("read the components of a JPEG: %w", err)
		}
		factors := int(component[1]>>4) * int(component[1]&15)
		samples += factors
		most = max(most, factors)
	}
	// Whole blocks: a picture of one line has eight.
	return product((width+63)/8*8, (height+63)/8*8, 4, samples) / int64(most), nil
}

// webpLossless is how many bytes of a WebP are compressed without loss: the picture itself, or the alpha channel
// of a lossy one (RFC 9649 § 2.3).
func webpLossless(r *bufio.Reader) (int64, error) {
	if _, err := r.Discard(12); err != nil { // RIFF, its size, WEBP
		return 0, fmt.Errorf("read the header of a WebP: %w", err)
	}
	sum := int64(0)
	for {
		var head [8]byte // type and length
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return sum, nil
		} else if err != nil {
			return 0, fmt.Errorf("read the chunks of a WebP: %w", err)
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "VP8L", "ALPH":
			sum += n
		}
		if err := skip(r, n+n%2); err != nil {
			return 0, err
		}
	}
}

// skip discards n bytes, which may be more than there are.
func skip(r *bufio.Reader, n int64) error {
	if _, err := io.CopyN(io.Discard, r, max(0, n)); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the header of a picture: %w", err)
	}
	return nil
}
