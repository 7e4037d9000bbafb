package main

import (
	"context"
	"net/http"
	"strconv"

	sailpoint "github.com/sailpoint-oss/golang-sdk/v2"
	v2025 "github.com/sailpoint-oss/golang-sdk/v2/api_v2025"
)

// deedsV2025 is everything v2025 has of an administrator's operations on people, applications and sign-in.
func deedsV2025(client *sailpoint.APIClient) []deed {
	c := client.V2025
	return []deed{
		{"list-accounts", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.ListAccounts(ctx).Filters(`identity.name eq "Abby Smith"`).Sorters("-name").Limit(250).Count(true).Execute()
		}, abbysAccounts},
		{"get-account", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.GetAccount(ctx, k.account).Execute()
		}, isAccount},
		{"update-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.UpdateAccount(ctx, k.account).RequestBody(of[[]map[string]any](replace("/identityId", strconv.Quote(k.identity)))).Execute()
		}, task},
		{"disable-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.DisableAccount(ctx, k.account).AccountToggleRequest(of[v2025.AccountToggleRequest](`{"forceProvisioning":false}`)).Execute()
		}, task},
		{"enable-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.EnableAccount(ctx, k.account).AccountToggleRequest(of[v2025.AccountToggleRequest](`{"forceProvisioning":false}`)).Execute()
		}, task},
		{"unlock-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.UnlockAccount(ctx, k.account).AccountUnlockRequest(of[v2025.AccountUnlockRequest](`{"unlockIDNAccount":false}`)).Execute()
		}, task},
		{"reload-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.SubmitReloadAccount(ctx, k.account).Execute()
		}, task},
		{"list-account-activities", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountActivitiesAPI.ListAccountActivities(ctx).Filters(`type eq "CloudPasswordRequest"`).Sorters("-created").Limit(10).Execute()
		}, some},
		{"get-public-identities", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.PublicIdentitiesAPI.GetPublicIdentities(ctx).Filters(`alias eq "Abby.Smith"`).Limit(5).Execute()
		}, abby},
		{"list-identities", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.IdentitiesAPI.ListIdentities(ctx).Filters(`alias eq "Abby.Smith"`).Count(true).Execute()
		}, abby},
		{"get-identity", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.IdentitiesAPI.GetIdentity(ctx, k.identity).Execute()
		}, holds("alias", `"Abby.Smith"`)},
		{"list-sources", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.SourcesAPI.ListSources(ctx).Filters(`name eq "Reports"`).Execute()
		}, firstSource},
		{"create-source-app", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.CreateSourceApp(ctx).XSailPointExperimental("true").SourceAppCreateDto(of[v2025.SourceAppCreateDto](`{"name":"Go v2025","description":"d","accountSource":{"id":"` + k.source + `"}}`)).Execute()
		}, madeApp},
		{"patch-source-app", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.PatchSourceApp(ctx, k.app).XSailPointExperimental("true").JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/matchAllAccounts", "true"))).Execute()
		}, holds("matchAllAccounts", "true")},
		{"list-all-user-apps", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.ListAllUserApps(ctx).XSailPointExperimental("true").Filters(`ownerAlias eq "Abby.Smith"`).Limit(250).Execute()
		}, some},
		{"delete-source-app", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.DeleteSourceApp(ctx, k.app).XSailPointExperimental("true").Execute()
		}, task},
		{"patch-auth-org-lockout-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.PatchAuthOrgLockoutConfig(ctx).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/maximumAttempts", "7"))).Execute()
		}, holds("maximumAttempts", "7")},
		{"patch-auth-org-lockout-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.PatchAuthOrgLockoutConfig(ctx).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/maximumAttempts", "5"))).Execute()
		}, holds("maximumAttempts", "5")},
		{"get-auth-org-lockout-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.GetAuthOrgLockoutConfig(ctx).Execute()
		}, holds("maximumAttempts", "5")},
		{"patch-auth-org-session-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.PatchAuthOrgSessionConfig(ctx).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/maxSessionTime", "480"))).Execute()
		}, holds("maxSessionTime", "480")},
		{"patch-auth-org-session-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.PatchAuthOrgSessionConfig(ctx).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/maxSessionTime", "45"))).Execute()
		}, holds("maxSessionTime", "45")},
		{"get-auth-org-session-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.GetAuthOrgSessionConfig(ctx).Execute()
		}, holds("maxSessionTime", "45")},
		{"create-auth-org-network-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.CreateAuthOrgNetworkConfig(ctx).NetworkConfiguration(of[v2025.NetworkConfiguration](`{"range":["10.0.0.0/8"]}`)).Execute()
		}, holds("range", `["10.0.0.0/8"]`)},
		{"patch-auth-org-network-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.PatchAuthOrgNetworkConfig(ctx).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/range", "[]"))).Execute()
		}, holds("whitelisted", "false")},
		{"get-auth-org-service-provider-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.GlobalTenantSecuritySettingsAPI.GetAuthOrgServiceProviderConfig(ctx).Execute()
		}, holds("enabled", "false")},
		{"get-auth-user", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AuthUsersAPI.GetAuthUser(ctx, k.identity).Execute()
		}, holds("alias", `"Abby.Smith"`)},
		{"patch-auth-user", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AuthUsersAPI.PatchAuthUser(ctx, k.identity).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/capabilities", `["HELPDESK"]`))).Execute()
		}, holds("capabilities", `["HELPDESK"]`)},
		{"patch-auth-user", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AuthUsersAPI.PatchAuthUser(ctx, k.identity).JsonPatchOperation(of[[]v2025.JsonPatchOperation](replace("/capabilities", "[]"))).Execute()
		}, holds("capabilities", "[]")},
		{"set-mfa-okta-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAOktaConfig(ctx).MfaOktaConfig(of[v2025.MfaOktaConfig](`{"enabled":true,"host":"okta.invalid","accessKey":"` + secretKey + `"}`)).Execute()
		}, holds("accessKey", `"d******y"`)},
		{"get-mfa-okta-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFAOktaConfig(ctx).Execute()
		}, holds("enabled", "true", "accessKey", `"d******y"`)},
		{"set-mfa-duo-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFADuoConfig(ctx).MfaDuoConfig(of[v2025.MfaDuoConfig](`{"host":"duo.invalid","configProperties":{"ikey":"Q123WE45R6TY7890ZXCV","skey":"` + secretKey + `"}}`)).Execute()
		}, holds("configProperties", `{"ikey":"Q123WE45R6TY7890ZXCV","skey":"d******y"}`)},
		{"get-mfa-duo-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFADuoConfig(ctx).Execute()
		}, holds("host", `"duo.invalid"`)},
		{"test-mfa-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.TestMFAConfig(ctx, "okta-verify").Execute()
		}, holds("state", `"FAILED"`)},
		{"get-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFAKbaConfig(ctx).AllLanguages(true).Execute()
		}, firstQuestion},
		{"set-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAKBAConfig(ctx).KbaAnswerRequestItem(of[[]v2025.KbaAnswerRequestItem](`[{"id":"` + k.question + `","answer":"Saint Mary"}]`)).Execute()
		}, answered(true)},
		{"set-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAKBAConfig(ctx).KbaAnswerRequestItem([]v2025.KbaAnswerRequestItem{}).Execute()
		}, answered(false)},
	}
}
