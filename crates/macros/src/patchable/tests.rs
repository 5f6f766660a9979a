use super::expand;

/// Checks that the item is refused with a message that contains `reason`.
#[track_caller]
fn refused(item: &str, reason: &str) {
    let error = expand(syn::parse_str(item).unwrap()).expect_err("the item was accepted");
    assert!(error.to_string().contains(reason), "{error}");
}

#[track_caller]
fn accepted(item: &str) -> String {
    expand(syn::parse_str(item).unwrap()).unwrap().to_string().replace(' ', "")
}

#[test]
fn what_patches_cannot_follow_is_refused() {
    refused("struct A { #[serde(flatten)] b: B }", "`flatten`");
    refused("struct A { #[serde(with = \"x\")] b: B }", "`with`");
    refused("struct A { #[serde(serialize_with = \"x\")] b: B }", "`serialize_with`");
    refused("struct A { #[serde(skip)] b: B }", "#[patch(ignore)]");
    refused("struct A { #[serde(skip_serializing, default)] b: B }", "`skip_serializing`");
    refused("struct A { #[patch(ignore)] b: B }", "#[serde(skip)]");
    refused("struct A { #[serde(skip_serializing_if = \"f\")] b: B }", "#[serde(default)]");
    refused("struct A { #[serde(rename(serialize = \"x\"))] b: B }", "one name");
    refused("#[serde(tag = \"kind\")] struct A { b: B }", "`tag`");
    refused("#[serde(try_from = \"String\")] struct A(String);", "`try_from`");
    refused("struct A { #[patch(key)] b: B, #[patch(key)] c: C }", "not two");
    refused("struct A { #[patch(skip)] b: B }", "only `#[patch(key)]`");
    refused("#[patch(key)] struct A { b: B }", "belong on fields");
    refused("union A { b: u8 }", "union");
}

#[test]
fn fields_are_called_as_serde_calls_them() {
    let code = accepted(
        "#[serde(rename_all = \"camelCase\", deny_unknown_fields)]
         struct A { own_name: u8, #[serde(rename = \"x\", alias = \"y\")] other: u8 }",
    );
    assert!(code.contains("diff.member(\"ownName\",&self.own_name,&next.own_name)"), "{code}");
    assert!(code.contains("diff.member(\"x\",&self.other,&next.other)"), "{code}");
}

#[test]
fn the_key_is_the_marked_field_or_the_id() {
    let key = "Patchable::key(&self.";
    assert!(accepted("struct A { id: u8, b: u8 }").contains(&format!("{key}id)")));
    assert!(accepted("struct A { id: u8, #[patch(key)] b: u8 }").contains(&format!("{key}b)")));
    assert!(accepted("struct A(u8);").contains(&format!("{key}0")));
    assert!(!accepted("struct A { b: u8 }").contains(key));
    assert!(!accepted("struct A(u8, u8);").contains(key));
}

#[test]
fn every_way_to_be_absent_has_a_value() {
    let skip = "#[serde(skip_serializing_if = \"Option::is_none\")]";
    assert!(accepted(&format!("struct A {{ {skip} b: Option<u8> }}")).contains("Option::None"));
    let code = accepted("#[serde(default)] struct A { b: u8 }");
    assert!(code.contains("<Selfas::core::default::Default>::default().b"), "{code}");
    let code = accepted("struct A { #[serde(default = \"some::path\")] b: u8 }");
    assert!(code.contains("some::path()"), "{code}");
}
