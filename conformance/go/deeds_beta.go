package main

import (
	"context"
	"net/http"
	"strconv"

	sailpoint "github.com/sailpoint-oss/golang-sdk/v2"
	beta "github.com/sailpoint-oss/golang-sdk/v2/api_beta"
)

// deedsBeta is everything beta has of an administrator's operations on people, applications and sign-in.
func deedsBeta(client *sailpoint.APIClient) []deed {
	c := client.Beta
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
			return c.AccountsAPI.DisableAccount(ctx, k.account).AccountToggleRequest(of[beta.AccountToggleRequest](`{"forceProvisioning":false}`)).Execute()
		}, task},
		{"enable-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.EnableAccount(ctx, k.account).AccountToggleRequest(of[beta.AccountToggleRequest](`{"forceProvisioning":false}`)).Execute()
		}, task},
		{"unlock-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.UnlockAccount(ctx, k.account).AccountUnlockRequest(of[beta.AccountUnlockRequest](`{"unlockIDNAccount":false}`)).Execute()
		}, task},
		{"reload-account", http.StatusAccepted, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountsAPI.SubmitReloadAccount(ctx, k.account).Execute()
		}, task},
		{"list-account-activities", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AccountActivitiesAPI.ListAccountActivities(ctx).Filters(`type eq "CloudPasswordRequest"`).Sorters("-created").Limit(10).Execute()
		}, some},
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
			return c.AppsAPI.CreateSourceApp(ctx).SourceAppCreateDto(of[beta.SourceAppCreateDto](`{"name":"Go beta","description":"d","accountSource":{"id":"` + k.source + `"}}`)).Execute()
		}, madeApp},
		{"patch-source-app", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.PatchSourceApp(ctx, k.app).JsonPatchOperation(of[[]beta.JsonPatchOperation](replace("/matchAllAccounts", "true"))).Execute()
		}, holds("matchAllAccounts", "true")},
		{"list-all-user-apps", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.ListAllUserApps(ctx).Filters(`ownerAlias eq "Abby.Smith"`).Limit(250).Execute()
		}, some},
		{"delete-source-app", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.AppsAPI.DeleteSourceApp(ctx, k.app).Execute()
		}, task},
		{"set-mfa-okta-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAOktaConfig(ctx).MfaOktaConfig(of[beta.MfaOktaConfig](`{"enabled":true,"host":"okta.invalid","accessKey":"` + secretKey + `"}`)).Execute()
		}, holds("accessKey", `"d******y"`)},
		{"get-mfa-okta-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFAOktaConfig(ctx).Execute()
		}, holds("enabled", "true", "accessKey", `"d******y"`)},
		{"set-mfa-duo-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFADuoConfig(ctx).MfaDuoConfig(of[beta.MfaDuoConfig](`{"host":"duo.invalid","configProperties":{"ikey":"Q123WE45R6TY7890ZXCV","skey":"` + secretKey + `"}}`)).Execute()
		}, holds("configProperties", `{"ikey":"Q123WE45R6TY7890ZXCV","skey":"d******y"}`)},
		{"get-mfa-duo-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFADuoConfig(ctx).Execute()
		}, holds("host", `"duo.invalid"`)},
		{"test-mfa-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.TestMFAConfig(ctx, "okta-verify").Execute()
		}, holds("state", `"FAILED"`)},
		{"delete-mfa-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.DeleteMFAConfig(ctx, "okta-verify").Execute()
		}, holds("mfaMethod", `"okta-verify"`)},
		{"get-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.GetMFAKbaConfig(ctx).AllLanguages(true).Execute()
		}, firstQuestion},
		{"set-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAKBAConfig(ctx).KbaAnswerRequestItem(of[[]beta.KbaAnswerRequestItem](`[{"id":"` + k.question + `","answer":"Saint Mary"}]`)).Execute()
		}, answered(true)},
		{"set-mfa-kba-config", http.StatusOK, func(ctx context.Context, k *known) (any, *http.Response, error) {
			return c.MFAConfigurationAPI.SetMFAKBAConfig(ctx).KbaAnswerRequestItem([]beta.KbaAnswerRequestItem{}).Execute()
		}, answered(false)},
	}
}
