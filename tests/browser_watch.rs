//! The tests on a real screen see what they are there to see.

use crate::world::World;

#[tokio::test]
#[should_panic(expected = "the console complains")]
async fn a_script_that_breaks_the_policy_fails_its_test() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.run("document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))").await;
    screen.close().await;
}

#[tokio::test]
#[should_panic(expected = "thrown on purpose")]
async fn an_error_that_nobody_catches_fails_its_test() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.run("Promise.reject(new Error('thrown on purpose'))").await;
    screen.close().await;
}

#[tokio::test]
#[should_panic(expected = "axe complains")]
async fn a_field_without_a_label_fails_its_test() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.run("document.querySelector('label[for=seats]').remove()").await;
    screen.is_accessible().await;
    screen.close().await;
}

#[tokio::test]
#[should_panic(expected = "this sticks out")]
async fn an_element_that_is_too_wide_fails_its_test() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.run("$('generate').style.width = '900px'").await;
    screen.fits().await;
    screen.close().await;
}

#[tokio::test]
#[should_panic(expected = "closes it with")]
async fn a_screen_that_is_not_closed_fails_its_test() {
    let (_world, _screen) = World::on_screen().await;
}
