package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// differences compares two whole tenants and names each place where they are
// not equal, such as "users/5bac.../passwordPolicies is null instead of ...".
// The refresh tokens are left out: every sign-in of a user adds one.
func differences(got, want mockdirectory.State) []string {
	got.SignIn.RefreshTokens, want.SignIn.RefreshTokens = nil, nil
	return compare("", decoded(got), decoded(want))
}

func decoded(tenant mockdirectory.State) any {
	var out any
	if err := json.Unmarshal(marshal(tenant), &out); err != nil {
		panic(err)
	}
	return out
}

func compare(at string, got, want any) []string {
	gotMembers, isObject := got.(map[string]any)
	wantMembers, wantsObject := want.(map[string]any)
	if !isObject || !wantsObject {
		if reflect.DeepEqual(got, want) {
			return nil
		}
		return []string{fmt.Sprintf("%s is %s instead of %s", strings.TrimPrefix(at, "/"), marshal(got), marshal(want))}
	}
	names := maps.Clone(gotMembers)
	maps.Copy(names, wantMembers)
	var found []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		found = append(found, compare(at+"/"+name, gotMembers[name], wantMembers[name])...)
	}
	return found
}
