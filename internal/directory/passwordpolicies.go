package directory

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// PasswordPolicies is the set of flags in a user's passwordPolicies. The
// directory stores them as one comma-separated string, in any order, spelling
// and spacing; null and "None" both mean the empty set. Flags that this
// package does not know are kept.
type PasswordPolicies struct {
	// flags in the order and spelling in which they came.
	flags []string
	// verbatim is the string itself, where there is one, and null where read is
	// set and it is nil. Flags that were changed here have neither.
	verbatim *string
	read     bool
}

// The flags that Microsoft documents.
const (
	noPolicies                = "None"
	disablePasswordExpiration = "DisablePasswordExpiration"
	disableStrongPassword     = "DisableStrongPassword"
)

// maxPasswordPolicies bounds what the directory sends, in bytes: every flag is
// compared with all others.
const maxPasswordPolicies = 4096

// ParsePasswordPolicies reads the directory's spelling.
func ParsePasswordPolicies(text string) PasswordPolicies {
	policies := PasswordPolicies{verbatim: &text, read: true}
	for flag := range strings.SplitSeq(text, ",") {
		flag = strings.TrimSpace(flag)
		if flag != "" && !strings.EqualFold(flag, noPolicies) && !policies.has(flag) {
			policies.flags = append(policies.flags, flag)
		}
	}
	return policies
}

// NeverExpires reports whether the user's password never expires.
func (p PasswordPolicies) NeverExpires() bool { return p.has(disablePasswordExpiration) }

// WithNeverExpires returns the flags with password expiration disabled or
// enabled and everything else as it was.
func (p PasswordPolicies) WithNeverExpires(never bool) PasswordPolicies {
	others := slices.DeleteFunc(slices.Clone(p.flags), func(flag string) bool {
		return strings.EqualFold(flag, disablePasswordExpiration)
	})
	if never {
		others = append([]string{disablePasswordExpiration}, others...)
	}
	return PasswordPolicies{flags: others}
}

// RestoredTo returns former as the directory spelt it, or, where other flags
// have changed since, the present flags with password expiration as it was.
func (p PasswordPolicies) RestoredTo(former PasswordPolicies) PasswordPolicies {
	if p.WithNeverExpires(former.NeverExpires()).Equal(former) {
		return former
	}
	return p.WithNeverExpires(former.NeverExpires())
}

// Equal reports whether two sets hold the same flags.
func (p PasswordPolicies) Equal(other PasswordPolicies) bool {
	return len(p.flags) == len(other.flags) && !slices.ContainsFunc(p.flags, func(flag string) bool { return !other.has(flag) })
}

// written reports whether the directory already holds what would be written:
// the same flags, or, where flags are restored, also the same letters.
func (p PasswordPolicies) written(wanted PasswordPolicies) bool {
	if wanted.read {
		return same(p.verbatim, wanted.verbatim)
	}
	return p.Equal(wanted)
}

func (p PasswordPolicies) has(flag string) bool {
	return slices.ContainsFunc(p.flags, func(other string) bool { return strings.EqualFold(flag, other) })
}

// String returns Microsoft's canonical form, expiration first, and "None" for
// the empty set: clearing by "None" works for every client that was found.
func (p PasswordPolicies) String() string {
	if len(p.flags) == 0 {
		return noPolicies
	}
	canonical := slices.Clone(p.flags)
	rank := func(flag string) int {
		switch {
		case strings.EqualFold(flag, disablePasswordExpiration):
			return 0
		case strings.EqualFold(flag, disableStrongPassword):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(canonical, func(a, b string) int { return rank(a) - rank(b) })
	return strings.Join(canonical, ", ")
}

// MarshalJSON writes what was read as it was, and changed flags in the
// canonical form.
func (p PasswordPolicies) MarshalJSON() ([]byte, error) {
	if p.read {
		return json.Marshal(p.verbatim)
	}
	return json.Marshal(p.String())
}

// UnmarshalJSON reads the directory's form, null included.
func (p *PasswordPolicies) UnmarshalJSON(content []byte) error {
	var text *string
	if err := json.Unmarshal(content, &text); err != nil {
		return fmt.Errorf("passwordPolicies: %w", err)
	}
	if text != nil && len(*text) > maxPasswordPolicies {
		return fmt.Errorf("passwordPolicies: more than %d bytes", maxPasswordPolicies)
	}
	*p = PasswordPolicies{read: true}
	if text != nil {
		*p = ParsePasswordPolicies(*text)
	}
	return nil
}

// Spelling tells apart what the directory held to the letter: null, and each
// text as it is.
func (p PasswordPolicies) Spelling() string {
	if p.read && p.verbatim == nil {
		return ""
	}
	if p.read {
		return "=" + *p.verbatim
	}
	return "=" + p.String()
}
