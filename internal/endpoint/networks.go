package endpoint

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// errNetwork is the error of a call to an address that is not public, and in none of the networks that the operator
// allows.
var errNetwork = errors.New("it is not a public address; the operator of this service can allow its network (instance.webhook_networks)")

// Networks are networks that may be called although they are not public.
type Networks []netip.Prefix

// maxNetworks is how many there may be.
const maxNetworks = 50

// ParseNetworks reads networks such as 10.1.0.0/16 or fd00::/8, and single addresses, that are separated by commas or white
// space. The error names the first that is none.
func ParseNetworks(text string) (Networks, error) {
	var all Networks
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n;", r) }) {
		network, err := netip.ParsePrefix(word)
		if err != nil {
			address, err := netip.ParseAddr(word)
			if err != nil || address.Zone() != "" {
				return nil, fmt.Errorf("%q is neither a network such as 10.1.0.0/16 nor an address", word)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		if all = append(all, network.Masked()); len(all) > maxNetworks {
			return nil, fmt.Errorf("at most %d networks", maxNetworks)
		}
	}
	return all, nil
}

// Check fails with errNetwork for an address that may not be called.
func (n Networks) Check(address netip.Addr) error {
	address = address.Unmap().WithZone("") // ::ffff:127.0.0.1 reaches 127.0.0.1
	for _, network := range n {
		if network.Contains(address) {
			return nil
		}
	}
	if !isPublic(address) {
		return errNetwork
	}
	return nil
}

// special are the networks of IPv4, and of the public part of IPv6, that are for special purposes
// (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry). Those of IPv6 that contain
// addresses of IPv4 are among them.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// publicIPv6 is the only part of IPv6 whose addresses are given out for the Internet (RFC 4291 § 2.4, RFC 3587).
var publicIPv6 = netip.MustParsePrefix("2000::/3")

func isPublic(address netip.Addr) bool {
	if !address.IsValid() || address.Is6() && !publicIPv6.Contains(address) {
		return false
	}
	for _, network := range special {
		if network.Contains(address) {
			return false
		}
	}
	return true
}

func prefixes(networks ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		all[i] = netip.MustParsePrefix(n)
	}
	return all
}
