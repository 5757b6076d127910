/* Vietnamese words that are hardly a name, and what some of them announce. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define W ABROAD_WORD
#define T (ABROAD_WORD | ABROAD_TOPIC)

/*
 * Small letters without accents, so one entry is several words ("ma": code,
 * ghost, but); topics of two words are in recognizer_abroad_asks.c. Syllables
 * that many are called by are ALSO; whether one is a name its place decides.
 */
static const struct word_line lines[] = {
	{W | ABROAD_ASK, 0, 0, 0, "gi nao dau ai xin doc"},
	{T, 0, TOPIC_PHONE, 0, "sdt dt dtdd"},
	{T, 0, TOPIC_BIRTH, 0, "sinh"},
	{T, 0, TOPIC_EMAIL, 0, "email mail"},
	{T, 0, TOPIC_NATIONAL, 0, "cccd cmnd cmt"},
	{T, 0, TOPIC_PLATE, 0, "bks"},
	/* cues */
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_NAME, "ten"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_IS, "la"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_CALL,
	 "anh chi em ong ba co chu bac cau di thim mo"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_KIN,
	 "toi minh tao chau con gai trai vo chong be"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_TITLE, "si"},
	/* dates */
	{W | ABROAD_MONTH, 1, 0, 0, "gieng"},
	{W | ABROAD_MONTH, 12, 0, 0, "chap"},
	{W | ABROAD_JOINT, 0, 0, 0, "ngay thang nam mung mong hoi"},
	{W | ABROAD_UNIT, 0, 0, 0,
	 "nghin ngan trieu dong ty tuoi phut gio ngay tuan thang ky can met "
	 "cai chiec lan nguoi phan do doi vien hop phong tang so diem tieng "
	 "km kg lit"},
	{W | ABROAD_LETTER, 0, 0, 0, "xe pe ka cu ich ro giay"},
	/* words */
	{W, 0, 0, 0,
	 "a ah u o vang da oi nhe nha nhi ha ne di khong ko k hong chua roi "
	 "duoc dc co cung chi cho voi va hay hoac nhung ma thi neu vi nen de "
	 "tu den toi ve ra vao len xuong o trong ngoai tren duoi truoc sau "
	 "giua khi luc bay gio hom nay qua mai kia sang trua chieu dem tuan "
	 "nam cuoi dau moi cu nua them lai van con da dang se sap vua deu "
	 "rat lam qua hon nhat it nhieu het ca moi mot may tat toan cac "
	 "nhung nay kia do day ay the nhu vay dung sai phai trai giup nho "
	 "muon can thich biet hieu nghe noi hoi tra loi goi dien thoai nhan "
	 "gui giao lay dat mua ban doi tra huy sua kiem tra xem cho doi chut "
	 "lat nhanh cham lau mat hong loi bi duoc lam viec di den ve o nha "
	 "phong khach hang don hoa hop dong tai khoan the ngan chuyen tien "
	 "gia phi cuoc rut nap vay lai suat tiet kiem so du thang mat khau "
	 "ma tin nhan sim mang internet wifi may tinh tivi dien nuoc gas nha "
	 "thue coc chu tro phong tro cua khoa chia bac si kham benh nhan thuoc "
	 "dau sot ho bung rang mat chan tay lich hen vien bao hiem xe tai "
	 "nan bien ve may bay chuyen ghe hang hanh ly ky san bay khach san "
	 "an sang trua toi uong nuoc mau size ao quan giay dep tui cam on "
	 "xin loi chao tam biet rang buoc tong dai vui long thong tin dia "
	 "so ho va ten duong pho phuong quan huyen xa tinh thanh pho ngo ngach "
	 "hem khu toa chung cu viet nam ha noi tp hcm sai gon em anh chi "
	 "nguoi dung nhu nay alo vang yes ok oke okay shop ad admin minh ban "
	 "tui to to tao may no ho ta chung cai con chiec bo doi kg dich vu "
	 "ho tro ky thuat tho nhan vien quan ly giam doc van phong cong ty "
	 "truong lop hoc gan xa lon nho cao thap dai ngan re dat tot xau dep "
	 "moi sach ban nong lanh met om khoe vui buon gap roi ranh ban "
	 "duyet ky het han dang nhap dang ky khuyen mai giam gui xe qua tang "
	 "tin sms ung dung app web trang link zalo facebook mail ho so giay "
	 "to can cuoc chieu passport tuc la vay thi con thi chac chan khoang "
	 "tam hon kem phay phan tram dung sai giup cho xin hay nen can tiep "
	 "tuc bat dau ket thuc tren duoi ben canh ngoi dung nam di lai chay "
	 "tim thay nhin doc viet in an bam nut tat mo sac pin bao loi thu "
	 "lai gan day hinh nhu hinh anh chup gui qua ship cod nhan hang "
	 "bao gio tai sao vi sao lam sao the nao khuya luon lien ngay tuc thi "
	 "thuong xuyen dinh ky rieng chung nhau minh ai cung chua tung hai ba "
	 "dieu bon sau bay tam chin muoi lam tram linh le ruoi"},
	/* names too */
	{ABROAD_ALSO, 0, 0, 0,
	 "an anh bao binh chau chi cuong diem dung duy dat duc giang ha hai "
	 "hang hanh hien hieu hoa hoang hong hung huong huy khanh khoa kien "
	 "kim lam lan lien linh loan loc long ly mai man minh my nam nga ngan "
	 "ngoc nhung nhu oanh phat phong phuc phuong quan quang quynh sen son "
	 "sau tam tan thang thanh thao thien thinh tho thu thuy tien toan "
	 "trang tram trinh trung truc tu tuan tung tuyet uyen van viet vinh "
	 "vu vy xuan yen bich cuc dao dinh do ho le tran pham phan bui vo "
	 "dang ngo duong luong ta mau nhi phuoc hau huu khoi nguyen que "
	 "thuan tin ton trong tuong tai thai bac hoi lua trang cam cong "
	 "bich be ut nhan tri tinh nghia le"},
};

const struct word_line *abroad_words_vietnamese(size_t *n)
{
	*n = ARRAY_LEN(lines);
	return lines;
}
