package ssprpolicy

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// Schema implements resource.Resource.
func (r *ssprPolicy) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the tenant's self-service password reset (SSPR) policy: which users may reset their own password, and how.\n\n" +
			"Every tenant has exactly one such policy, so creating the resource adopts it and destroying it restores what was there before. " +
			"What is not written in the configuration is left alone: it keeps the value that it has in the tenant, also after a line was removed.\n\n" +
			"The policy has no public API. This resource uses the back end of the Entra admin center, which has no contract and accepts signed-in users only.",
		Attributes: map[string]schema.Attribute{
			"enabled_for": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Who may reset their own password: `none`, `selected` (the members of `group_id`) or `all`. " +
					"It concerns users only: administrators have a switch of their own.",
				Validators: []validator.String{stringvalidator.OneOf(enablements...)},
			},
			"group_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Object id, in lower case, of the group whose members may reset their password, nested groups included. Exactly when `enabled_for` is `selected`.",
				Validators:          []validator.String{resourcekit.IsObjectID()},
			},
			"methods_required": schema.Int64Attribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Number of methods with which users prove who they are, 1 or 2. Users with fewer registered methods cannot reset their password." + resourcekit.LeftAlone,
				Validators:          []validator.Int64{int64validator.Between(1, 2)},
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"registration": nested("When users are asked to register their methods.", map[string]schema.Attribute{
				"required_at_sign_in":     toggle("Whether users for whom password reset is enabled are asked to register when they sign in."),
				"reconfirm_after_in_days": number("Days after which users are asked to confirm their methods again, 0 to 730; 0 means never.", 0, 730),
			}),
			"notifications": nested("Who is told of a password reset by mail.", map[string]schema.Attribute{
				"users":          toggle("Whether users are told that their own password was reset."),
				"administrators": toggle("Whether Global Administrators are told when another administrator resets a password."),
			}),
			"helpdesk": nested("The contact that users see when they need help.", map[string]schema.Attribute{
				"contact": schema.StringAttribute{
					Optional: true, Computed: true,
					MarkdownDescription: "An http or https URL or an e-mail address. An empty string turns the customised link off." + resourcekit.LeftAlone,
					Validators:          []validator.String{isContact()},
					PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				},
			}),
			"security_questions": nested("Security questions, a method that Microsoft advises against. The questions themselves are kept as they are.", map[string]schema.Attribute{
				"enabled":     toggle("Whether security questions are a method."),
				"to_register": number("Number of questions that users answer when they register, 3 to 5 and at least `to_reset`.", 3, 5),
				"to_reset":    number("Number of questions that users answer to reset their password, 3 to 5.", 3, 5),
			}),
			"methods": nested("The method switches of the legacy policy. A tenant that has completed the migration to the authentication methods policy ignores them.",
				map[string]schema.Attribute{
					"email":                      toggle("Whether a code by mail is a method."),
					"mobile_phone":               toggle("Whether a code by text message or a call to a mobile phone is a method."),
					"office_phone":               toggle("Whether a call to an office phone is a method. Paid subscriptions only."),
					"authenticator_notification": toggle("Whether a notification of an authenticator app is a method. It cannot be used where one method is required."),
					"authenticator_code":         toggle("Whether the code of an authenticator app is a method."),
				}),
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(),
			"group_name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Display name of the group.",
				PlanModifiers:       []planmodifier.String{keepWithGroup{}},
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *ssprPolicy) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = resourcekit.TenantIdentitySchema()
}

// nested, toggle and number are the attributes that are left alone unless they
// are written.

func nested(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + resourcekit.LeftAlone,
		Attributes:          attributes,
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
	}
}

func toggle(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + resourcekit.LeftAlone,
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func number(description string, least, most int64) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + resourcekit.LeftAlone,
		Validators:          []validator.Int64{int64validator.Between(least, most)},
		PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

// keepWithGroup keeps the name of a group while the same group stays enabled.
type keepWithGroup struct{}

func (keepWithGroup) Description(context.Context) string {
	return "The name stays while the group stays."
}

func (k keepWithGroup) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

// PlanModifyString implements planmodifier.String.
func (keepWithGroup) PlanModifyString(ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !resp.Diagnostics.HasError() && plan.GroupID.Equal(state.GroupID) {
		resp.PlanValue = req.StateValue
	}
}
