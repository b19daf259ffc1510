//! The tools that need no database: understand, rank, version; and what settings say when they are wrong.

use e2e::{Folder, json_lines, run};
use serde_json::json;
use std::fs;

#[test]
fn understanding_answers_line_by_line_whatever_comes() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let input = [
        json!({ "text": "図書館は何時まで？" }),
        json!({ "text": "11月20日の14時から二時間", "now": "2026-11-03T10:00:00+09:00" }),
        json!({ "text": "はい", "expecting": { "type": "yes_no", "options": [] } }),
        json!({ "text": "" }),
        json!({ "text": "あ".repeat(5_000) }),
        json!({ "text": "🗾\u{0}\u{202e}" }),
        json!({ "no": "text" }),
        json!({ "text": "台所から火が出ました、助けて" }),
        json!({ "text": "フライパンの捨て方" }),
    ];
    let out = json_lines(&folder.0, &["understand", "--city", "aoba"], &input)?;
    assert_eq!(out.len(), input.len());
    assert_eq!(out[0]["intent"], "library.hours");
    assert_eq!(out[1]["slots"], json!({ "date": "2026-11-20", "time_range": "14:00-16:00" }));
    assert_eq!(out[2]["intent"], "control.yes");
    assert!(out[6]["error"].is_string());
    assert_eq!(out[7]["emergency"], "fire");
    assert_eq!(out[8]["intent"], "waste.sort");
    assert!(out[8]["entities"].as_array().is_some_and(|all| all.iter().any(|e| e["kind"] == "waste_item" && e["text"] == "フライパン")), "{}", out[8]);
    for answer in out.iter().filter(|answer| answer["error"].is_null()) {
        let confidence = answer["confidence"].as_f64().unwrap_or(-1.0);
        assert!((0.0..=1.0).contains(&confidence) && answer["language"].is_string(), "{answer}");
    }
    Ok(())
}

#[test]
fn ranking_puts_the_right_entry_first() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let write = |name: &str, text: &str| -> anyhow::Result<String> {
        let path = folder.0.join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let corpus = write(
        "corpus.jsonl",
        "{\"a\":\"Question: 犬を飼ったときの登録\\nAnswer: 環境課へ\"}\n{\"b\":\"Question: 水道の使用をやめたい\\nAnswer: 電話で\"}\n{\"c\":\"Question: 転出の届け出\\nAnswer: 市民課へ\"}\n",
    )?;
    let queries = write("queries.jsonl", "{\"1\":\"子犬を登録したい\"}\n{\"2\":\"水道を止めたい\"}\n{\"3\":\"\"}\n")?;
    let (fine, out, errors) = run(&folder.0, &["rank", "--corpus", &corpus, "--queries", &queries], "")?;
    assert!(fine, "{errors}");
    let lines: Vec<serde_json::Value> = out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!((&lines[0]["ranking"][0], &lines[1]["ranking"][0], &lines[2]["query"]), (&json!("a"), &json!("b"), &json!("3")));
    let broken = write("broken.jsonl", "{\"a\": 7}")?;
    let (fine, _, errors) = run(&folder.0, &["rank", "--corpus", &broken, "--queries", &queries], "")?;
    assert!(!fine && errors.contains("is no text"), "{errors}");
    Ok(())
}

#[test]
fn a_wrong_setting_is_named() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let file = folder.0.join("settings.toml");
    for (text, named) in [("listne = \"x\"", "listne"), ("listen = \"here\"", "listen"), ("[queue]\nworkers = \"many\"", "workers"), ("[line]\napi_url = \"ftp://x\"", "line.api_url")] {
        fs::write(&file, text)?;
        let (fine, _, errors) = run(&folder.0, &["--config", &file.to_string_lossy(), "migrate"], "")?;
        assert!(!fine && errors.contains(named), "{text}: {errors}");
    }
    let (fine, _, errors) = run(&folder.0, &["--config", "/nowhere.toml", "migrate"], "")?;
    assert!(!fine && errors.contains("does not exist"), "{errors}");
    Ok(())
}

#[test]
fn check_says_what_is_there_and_what_is_wrong() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    run(&folder.0, &["city", "add", "fixtures/cities/aoba"], "")?;
    let (fine, out, _) = run(&folder.0, &["check"], "")?;
    assert!(fine && out.contains("models: fine") && out.contains("city aoba: あおば市"), "{out}");
    let (fine, out, _) = run(&folder.0, &["version"], "")?;
    assert!(fine && out.contains("\"version\""), "{out}");
    Ok(())
}
