//! Language models by configuration: what is there is used, what is not right is named, and a city's own sentences count.

use e2e::{Bot, Folder, json_lines, root, run};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A settings file with a folder under `[models]`.
fn settings(folder: &Folder, key: &str, value: &Path) -> anyhow::Result<String> {
    let file = folder.0.join("settings.toml");
    fs::write(&file, format!("[models]\n{key} = {:?}\n", value.to_string_lossy()))?;
    Ok(file.to_string_lossy().into_owned())
}

/// A copy of the shipped weights.
fn weights(folder: &Folder) -> anyhow::Result<PathBuf> {
    let copy = folder.0.join("models");
    fs::create_dir_all(&copy)?;
    for file in ["manifest.json", "model.safetensors"] {
        fs::copy(root().join("nlu-models/weights").join(file), copy.join(file))?;
    }
    Ok(copy)
}

#[test]
fn a_folder_of_weights_takes_the_place_of_the_built_in_ones_and_damage_is_named() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let copy = weights(&folder)?;
    let config = settings(&folder, "folder", &copy)?;
    let check = || run(&folder.0.join("data"), &["--config", &config, "check"], "");
    let (fine, out, _) = check()?;
    assert!(fine && out.contains("models: fine"), "{out}");
    let whole = fs::read(copy.join("model.safetensors"))?;
    fs::write(copy.join("model.safetensors"), &whole[..whole.len() / 2])?;
    let (fine, out, _) = check()?;
    assert!(!fine && out.contains("model.safetensors: damaged or cut short"), "{out}");
    // Rather none than wrong: the server does not start without its models, and says why.
    let (fine, _, errors) = run(&folder.0.join("data"), &["--config", &config, "serve"], "")?;
    assert!(!fine && errors.contains("model.safetensors"), "{errors}");
    fs::write(copy.join("model.safetensors"), whole)?;
    let manifest = fs::read_to_string(copy.join("manifest.json"))?;
    fs::write(copy.join("manifest.json"), manifest.replace("\"format\": ", "\"format\": 9"))?;
    let (fine, out, _) = check()?;
    assert!(!fine && out.contains("manifest.json: belongs to another model: format 9"), "{out}");
    fs::remove_file(copy.join("manifest.json"))?;
    let (fine, out, _) = check()?;
    assert!(!fine && out.contains("manifest.json: cannot be read"), "{out}");
    Ok(())
}

#[test]
fn a_larger_encoder_helps_the_search() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let file = |name: &str, text: &str| -> anyhow::Result<String> {
        fs::write(folder.0.join(name), text)?;
        Ok(folder.0.join(name).to_string_lossy().into_owned())
    };
    let corpus = file("corpus.jsonl", "{\"a\":\"Question: 犬の登録\\nAnswer: 環境課へ\"}\n{\"b\":\"Question: 水道をやめたい\\nAnswer: 電話で\"}\n")?;
    let queries = file("queries.jsonl", "{\"1\":\"子犬を登録したい\"}\n")?;
    for layout in encoder::sample::LAYOUTS {
        let encoder = folder.0.join(layout);
        fs::create_dir_all(&encoder)?;
        encoder::sample::write(&encoder, layout)?;
        let config = settings(&folder, "encoder", &encoder)?;
        let (fine, out, errors) = run(&folder.0, &["--config", &config, "rank", "--corpus", &corpus, "--queries", &queries], "")?;
        assert!(fine && out.contains("\"query\":\"1\""), "{layout}: {errors}");
        fs::remove_file(encoder.join("model.safetensors"))?;
        let (fine, out, _) = run(&folder.0.join("data"), &["--config", &config, "check"], "")?;
        assert!(!fine && out.contains("model.safetensors: cannot be read"), "{layout}: {out}");
    }
    Ok(())
}

/// A city whose people call their bus ぐるりん号, and a row that is no good.
fn city(folder: &Folder) -> anyhow::Result<PathBuf> {
    let dir = folder.0.join("fixtures/cities/midori");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("city.toml"), "id = \"midori\"\nname = \"みどり市\"\n[hotline]\nname = \"総合案内\"\nphone = \"06-0000-0001\"\nhours = \"月-金 9:00-17:00\"\n")?;
    fs::write(dir.join("sentences.csv"), "intent,text\nfacility.book,なごみ亭をおさえといて\nno.such,あ\nwaste.schedule,\n")?;
    Ok(dir)
}

#[tokio::test]
async fn a_citys_own_sentences_count_at_once() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let dir = city(&folder)?;
    let said = json!({ "text": "なごみ亭をおさえといてや" });
    let data = folder.0.join("data");
    let (fine, out, errors) = run(&data, &["city", "add", &dir.to_string_lossy()], "")?;
    assert!(fine && out.contains("1 rows loaded"), "{out} {errors}");
    for (line, reason) in [(3, "`no.such` is no intent"), (4, "the sentence is empty")] {
        assert!(errors.contains(&format!("sentences.csv:{line}: {reason}")), "{errors}");
    }
    let answers = json_lines(&data, &["chat", "--city", "midori", "--jsonl"], std::slice::from_ref(&said))?;
    assert_eq!(answers[0]["intent"], "facility.book");
    // Another city has not said so.
    let plain = json_lines(&data, &["understand"], &[said])?;
    assert!(plain[0]["intent"] != "facility.book" || plain[0]["confidence"].as_f64() < Some(0.9), "{}", plain[0]);
    Ok(())
}

#[tokio::test]
async fn without_settings_the_built_in_models_serve() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    Bot::serve(&folder.0, &[]).await?.stop().await
}
