//! `bindgen WASM FOLDER` writes the library, as a browser loads it, to FOLDER.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(wasm), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen WASM FOLDER".into());
    };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).typescript(false).omit_default_module_path(false).web(true)?;
    Ok(bindgen.generate(folder)?)
}

#[cfg(target_arch = "wasm32")]
fn main() {}
