package userspasswordneverexpires_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// planned is a request to plan a set that loses one user and gets another, as
// Terraform sends it.
func planned(b *testing.B, kind tftypes.Object, users int) *tfprotov6.PlanResourceChangeRequest {
	b.Helper()
	object := func(from int, computed any) *tfprotov6.DynamicValue {
		texts := map[string]tftypes.Value{}
		for i := range users {
			texts[added(from+i)] = tftypes.NewValue(tftypes.String, "service account")
		}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{
			"user_ids": tftypes.NewValue(kind.AttributeTypes["user_ids"], nil), "users": tftypes.NewValue(kind.AttributeTypes["users"], texts),
			"former_settings": tftypes.NewValue(tftypes.String, computed), "exclusive": tftypes.NewValue(tftypes.Bool, false),
			"id": tftypes.NewValue(tftypes.String, computed), "exempt_user_count": tftypes.NewValue(tftypes.Number, nil),
		}))
		if err != nil {
			b.Fatal(err)
		}
		return &encoded
	}
	return &tfprotov6.PlanResourceChangeRequest{
		TypeName: "entraid_users_password_never_expires", PriorState: object(0, "tenant"), ProposedNewState: object(1, "tenant"), Config: object(1, nil),
	}
}

// Planning a change of a large set, through the plugin protocol. The time for
// ten times the users shall be ten times as long.
func BenchmarkPlanUsers(b *testing.B) {
	server := provider.NewServer("benchmark")
	schema, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		b.Fatal(err)
	}
	kind, ok := schema.ResourceSchemas["entraid_users_password_never_expires"].ValueType().(tftypes.Object)
	if !ok {
		b.Fatal("the resource is no object")
	}
	for _, users := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			request := planned(b, kind, users)
			b.ReportAllocs()
			for b.Loop() {
				answer, err := server.PlanResourceChange(b.Context(), request)
				if err != nil || acctest.Errors(answer.Diagnostics) != "" {
					b.Fatal(err, acctest.Errors(answer.Diagnostics))
				}
			}
		})
	}
}
